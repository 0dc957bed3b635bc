"""Official descriptions of procedures, as the national portal publishes them, read into drafts that an officer finishes."""
