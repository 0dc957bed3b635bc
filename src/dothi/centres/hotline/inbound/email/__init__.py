"""E-mail to 1022."""
