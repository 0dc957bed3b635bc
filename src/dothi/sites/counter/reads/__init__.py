"""What the pages of the counter show."""
