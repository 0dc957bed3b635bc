"""Blobs as objects of a bucket that speaks S3."""
