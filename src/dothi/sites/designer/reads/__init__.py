"""What the pages of the designer show."""
