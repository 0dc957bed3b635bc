"""The city generator: plausible, reproducible readings where no real feed is connected, all marked as simulated.

The model is described in ``docs/explanation/city-generator.md``.
"""
