"""Every write of open data, by what it is about."""
