"""What people write to 1022 by e-mail and Zalo: each channel a driver; what cannot be taken waits where a person sees it."""
