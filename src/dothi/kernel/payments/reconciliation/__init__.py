"""A day of a provider against a day of ours."""
