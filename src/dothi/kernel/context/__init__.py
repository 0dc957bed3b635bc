"""The live city: NGSI-LD entities, now and over time."""
