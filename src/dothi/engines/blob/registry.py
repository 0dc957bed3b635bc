"""Which engine keeps files, by its URL."""

from __future__ import annotations

from pathlib import Path

from dothi.engines.blob.base import BlobError, BlobStore
from dothi.engines.blob.folder.store import FolderBlobs


def open_blobs(url_or_path: str) -> BlobStore:
    """The store at a folder, ``file:///folder`` or ``s3://[key:secret@]bucket/prefix[?endpoint=…&region=…]``."""
    scheme, mark, rest = url_or_path.partition("://")
    if not mark or scheme == "file":
        return FolderBlobs(Path(rest if mark else url_or_path))
    if scheme == "s3":
        # Arrow takes a while to import, which only who keeps files in a bucket should pay.
        from dothi.engines.blob.s3.store import BucketBlobs

        return BucketBlobs.of(url_or_path)
    raise BlobError(f"no file store at {scheme}://; write a folder, file:///folder or s3://bucket/prefix")
