"""Questions to the live city as it is now."""
