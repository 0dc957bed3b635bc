"""Carries out what cases order: messages, letters, payments, records of registers. Cases know none of these modules."""
