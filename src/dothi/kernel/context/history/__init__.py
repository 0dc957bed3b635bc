"""What entities were: the tail of change rows and the columnar chunks it is compacted into."""
