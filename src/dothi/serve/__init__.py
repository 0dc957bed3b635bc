"""Wires engines to the rest and starts processes."""
