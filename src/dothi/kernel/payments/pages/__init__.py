"""The pages a payer sees."""
