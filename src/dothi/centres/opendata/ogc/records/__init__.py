"""The catalogue as a collection of records."""
