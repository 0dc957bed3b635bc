"""Records that may be one: found by blocking, weighed, looked at by a person, merged and parted again."""
