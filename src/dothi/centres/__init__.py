"""Where a kind of work is done with the kernel's concepts."""
