"""Cases, followed by their events."""
