"""Payments: what is owed, what came in, what goes back, in a ledger that always balances."""
