"""Charts a reader makes: what an address means, what is drawn, where it stands."""
