"""CSV on the Web: metadata of a dataset's CSV file."""
