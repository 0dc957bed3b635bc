"""Which category a report is of and who answers it: a small text classifier, decision tables, learning from corrections."""
