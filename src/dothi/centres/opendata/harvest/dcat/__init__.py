"""A DCAT catalogue."""
