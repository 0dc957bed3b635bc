"""Cash or card at the desk: cashier, receipt, closing of the day."""
