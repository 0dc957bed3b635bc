"""The procedure designer: an official description, or a procedure there is, becomes a published procedure."""
