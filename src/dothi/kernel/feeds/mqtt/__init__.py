"""Takes NGSI-LD entities from an MQTT broker."""
