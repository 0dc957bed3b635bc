"""Tables and queries of PostgreSQL and MySQL databases."""
