"""Frictionless Data Package of a dataset."""
