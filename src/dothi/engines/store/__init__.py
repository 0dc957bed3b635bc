"""Relational stores for the hot paths."""
