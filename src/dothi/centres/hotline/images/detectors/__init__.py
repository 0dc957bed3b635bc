"""What finds faces and number plates: an interface, a registry, one folder a detector."""
