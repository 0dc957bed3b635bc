"""DuckDB, embedded: a fresh database in memory for every query."""
