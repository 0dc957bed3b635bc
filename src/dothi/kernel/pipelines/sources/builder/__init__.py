"""Rows that functions of the platform make."""
