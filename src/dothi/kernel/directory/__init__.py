"""Administrative units and organisations through time."""
