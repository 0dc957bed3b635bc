"""What the pages show, asked of the kernel and put into words; nothing here writes."""
