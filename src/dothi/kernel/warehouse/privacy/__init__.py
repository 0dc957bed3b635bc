"""Personal data in tables: found before publication, masked, replaced by pseudonyms, counted in small groups."""
