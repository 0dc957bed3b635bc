"""Fees and charges as declared tables: facts in, lines out."""
