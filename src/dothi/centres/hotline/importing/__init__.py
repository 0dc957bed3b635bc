"""Reports of another system, from a CSV file or Open311 (JSON, XML), with every row that was not taken explained."""
