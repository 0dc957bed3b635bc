"""The double-entry ledger: entries that sum to zero, only added, numbered without gaps, chained."""
