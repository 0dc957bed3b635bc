"""Zalo messages to 1022."""
