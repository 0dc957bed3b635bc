"""Files of a folder."""
