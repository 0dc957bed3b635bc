"""The bus inside the process: threads and a SQLite table."""
