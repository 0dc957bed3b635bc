"""An OGC API service."""
