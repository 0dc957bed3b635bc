"""Open data over HTTP: what every view shares."""
