"""What the pages of the 1022 desk show."""
