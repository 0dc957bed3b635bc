"""The store kept in a schema of a PostgreSQL database."""
