"""Storage and messaging: one protocol each, one embedded engine, one distributed engine."""
