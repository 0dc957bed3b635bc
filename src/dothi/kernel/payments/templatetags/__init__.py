"""How money is written on pages."""
