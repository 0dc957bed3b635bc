"""Generated records, for tests and for showing: never measured, never anyone's."""
