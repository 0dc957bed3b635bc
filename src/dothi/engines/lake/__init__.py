"""Tables of the warehouse: one protocol, kept as Apache Iceberg."""
