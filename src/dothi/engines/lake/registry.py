"""Which engine keeps the lake, by its URL."""

from __future__ import annotations

from pathlib import Path

from dothi.engines.lake.base import Lake, LakeError


def open_lake(url: str, catalog_url: str) -> Lake:
    """The lake whose files are at ``url`` and whose catalogue is at ``catalog_url``.

    ``url`` is a folder, ``file:///folder`` or ``s3://[key:secret@]bucket/prefix[?endpoint=…&region=…]``;
    ``catalog_url`` is ``sqlite:///absolute/path`` or ``postgresql://…`` (tables in the schema ``lake``).
    """
    scheme, mark, rest = url.partition("://")
    if not catalog_url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise LakeError(f"no catalogue for {catalog_url.partition('://')[0]}://")
    if mark and scheme not in {"file", "s3"}:
        raise LakeError(f"no lake at {scheme}://; write a folder, file:///folder or s3://bucket/prefix")
    # Arrow and Iceberg take most of a second to import, which only a process that uses the lake should pay.
    from dothi.engines.lake.iceberg.lake import IcebergLake

    if scheme == "s3":
        return IcebergLake(url, catalog_url)
    return IcebergLake(str(Path(rest if mark else url).absolute()), catalog_url)
