"""Descriptions of others' catalogues brought in as draft datasets."""
