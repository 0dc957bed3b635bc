"""Declared checks of datasets: compiled to SQL, run over a candidate, turned into a verdict and a score."""
