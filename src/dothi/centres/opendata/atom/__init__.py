"""Atom feeds of what happens in the catalogue."""
