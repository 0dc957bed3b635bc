"""Plays recorded data into the live city: NGSI-LD as it is, CSV and JSON records by a mapping."""
