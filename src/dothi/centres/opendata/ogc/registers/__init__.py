"""Registers with places as collections."""
