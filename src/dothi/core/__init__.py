"""Plain Python that knows nothing of Django or of any engine."""
