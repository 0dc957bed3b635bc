"""The NGSI-LD API over HTTP: requests, answers, routes, one file per resource."""
