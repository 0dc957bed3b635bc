"""The store kept in one SQLite file."""
