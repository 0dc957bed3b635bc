"""Everything that is asked of the city and worked off: procedure, state, clocks, people, documents, history."""
