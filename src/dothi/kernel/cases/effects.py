"""Placeholder until the consumer is written."""
