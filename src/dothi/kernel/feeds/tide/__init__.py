"""Sea level computed from harmonic constituents: tables, astronomy, predictions, and the feed that writes
them.
"""
