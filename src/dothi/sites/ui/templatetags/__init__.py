"""Template tags and filters of every surface."""
