"""The shared data warehouse: datasets, their versions, and the one way to query them."""
