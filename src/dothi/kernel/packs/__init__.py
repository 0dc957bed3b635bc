"""Declarations: loaded, checked, published."""
