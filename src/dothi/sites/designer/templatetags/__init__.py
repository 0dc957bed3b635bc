"""Filters of the designer's templates."""
