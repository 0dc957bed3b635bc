"""CKAN's Action API over the catalogue: what existing clients of open-data portals speak."""
