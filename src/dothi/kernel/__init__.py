"""The concepts a city is made of."""
