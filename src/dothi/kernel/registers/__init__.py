"""Base registries: records by declared types, through valid and recorded time."""
