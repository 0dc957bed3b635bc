"""Another CKAN portal."""
