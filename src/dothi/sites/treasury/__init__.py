"""The back office of payments: orders, refunds, reconciliation, the ledger."""
