"""Registers, followed by their changes."""
