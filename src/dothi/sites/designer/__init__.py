"""The procedure designer at ``/desk/procedures/``."""
