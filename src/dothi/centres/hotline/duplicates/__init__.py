"""Which open reports a new one may repeat: near by, not long ago, of the same kind, in like words."""
