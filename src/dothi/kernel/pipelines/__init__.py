"""How data comes into the warehouse and changes there: sources, models, runs, checks."""
