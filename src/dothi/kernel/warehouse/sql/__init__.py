"""The one query layer: SQL is parsed, checked, rewritten by policy and written again, never passed on as it came."""
