"""The pages of the citizen site."""
