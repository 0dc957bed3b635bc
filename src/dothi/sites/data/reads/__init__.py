"""What each page shows, read from the kernel and the centre."""
