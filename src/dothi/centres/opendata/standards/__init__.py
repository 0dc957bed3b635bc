"""Where the other standards are found: their addresses, and the forms they add to each dataset."""
