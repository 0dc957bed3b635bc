"""Collections of an OGC API Features service."""
