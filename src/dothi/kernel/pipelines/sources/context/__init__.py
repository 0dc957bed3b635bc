"""Readings of the live city."""
