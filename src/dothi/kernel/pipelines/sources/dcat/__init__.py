"""Distributions of a DCAT catalogue."""
