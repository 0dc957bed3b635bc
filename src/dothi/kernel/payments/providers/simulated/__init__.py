"""A bank that is none: for tests and for trying the platform out. Its page says so."""
