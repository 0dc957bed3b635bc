"""Zalo, by messages of an approved template (ZNS)."""
