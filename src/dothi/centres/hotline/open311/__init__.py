"""Open311 GeoReport v2 over the reports of the hotline."""
