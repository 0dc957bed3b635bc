"""``/data/v1``: what is asked in a request, what may be shown, how it is written. No Django here."""
