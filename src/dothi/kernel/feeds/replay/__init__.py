"""Plays recorded data into the live city: NGSI-LD JSON as it is, CSV and plain JSON records by a declared mapping."""
