"""Open data: publishing, standards, and what readers ask for."""
