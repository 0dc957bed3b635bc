"""Vector tiles of collections."""
