"""The data portal."""
