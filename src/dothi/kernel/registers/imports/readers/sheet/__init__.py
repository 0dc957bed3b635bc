"""One format of file."""
