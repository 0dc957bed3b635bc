"""How a message reaches somebody: one folder a way."""
