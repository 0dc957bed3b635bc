"""Files by their content: documents, photos, letters."""
