"""The pages about oneself, about people and about what was done."""
