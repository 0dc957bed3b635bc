"""HTTP services: pages of JSON records, files to download."""
