"""The citizen site: phone first, no account needed: services, reports, following, one's own things."""
