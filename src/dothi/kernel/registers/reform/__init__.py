"""Units of a new order: records' codes and written addresses follow, what was divided is asked of a person."""
