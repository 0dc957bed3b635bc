"""SDMX REST of statistical datasets."""
