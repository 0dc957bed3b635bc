"""Resources of a CKAN portal."""
