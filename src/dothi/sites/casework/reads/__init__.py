"""What the pages of the case desk show."""
