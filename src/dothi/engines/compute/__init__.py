"""SQL over the lake: one protocol, an embedded and a distributed engine."""
