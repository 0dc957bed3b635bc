"""Bringing files into the registers: read, map, try, run, mend."""
