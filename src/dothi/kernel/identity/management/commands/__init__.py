"""Commands of Django that need to know of the audit."""
