"""Files as tables: one folder a format. Heavy libraries come in with the first file of their kind."""
