"""The city generator: plausible, reproducible readings, all marked as simulated.

The model is described in ``docs/explanation/city-generator.md``.
"""
