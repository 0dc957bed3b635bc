"""Text messages, through a gateway over HTTP."""
