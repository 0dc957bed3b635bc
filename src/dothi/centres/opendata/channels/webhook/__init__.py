"""Notices to a program of somebody else: a signed HTTP POST of a CloudEvent."""
