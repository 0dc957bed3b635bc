"""What the pages of the citizen site show."""
