"""How notices reach those who follow: one folder a way."""
