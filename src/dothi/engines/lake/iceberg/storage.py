"""Where the lake's files are: a folder of this machine, or a bucket that speaks S3."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from dothi.engines.lake.iceberg import local

_LOCAL_IO = "dothi.engines.lake.iceberg.local.LocalFileIO"
_ARROW_IO = "pyiceberg.io.pyarrow.PyArrowFileIO"


class Storage(Protocol):
    """Reads, writes, lists and removes files by the locations Iceberg knows them by."""

    root: str
    """Location of the lake, without a slash at its end."""

    def properties(self) -> dict[str, str]:
        """What pyiceberg needs to open files here."""
        ...

    def readable(self, location: str) -> str:
        """A path or URL that DuckDB, Spark and Arrow open."""
        ...

    def parquet(self, location: str) -> pq.ParquetFile: ...

    def writer(self, location: str, schema: pa.Schema) -> pq.ParquetWriter: ...

    def finish(self, location: str) -> int:
        """Make a written file durable; its size in bytes."""
        ...

    def remove(self, location: str) -> bool:
        """Delete a file; False when it was not there."""
        ...

    def copy(self, location: str, target: Path) -> None:
        """Put the file below the folder ``target``, at its place in the lake; a bucket's files stay there."""
        ...

    def listed(self, under: str) -> Iterator[tuple[str, datetime]]:
        """All files below a location, with the time each was last written."""
        ...


# Dictionaries pay for columns of few values only; giving up on the others at 128 KiB instead of 1 MiB writes a
# table of eight columns in a third of the time, a fifth smaller.
OPTIONS = {"compression": "zstd", "compression_level": 1, "dictionary_pagesize_limit": 1 << 17}


class Folder:
    """A folder of this machine; files are flushed to the disk before a commit names them."""

    def __init__(self, path: str, former: list[str]) -> None:
        self.root = f"{local.SCHEME}{path}"
        self._path = path
        self._former = former
        self._io = local.LocalFileIO(self.properties())

    def properties(self) -> dict[str, str]:
        return {
            "py-io-impl": _LOCAL_IO,
            local.ROOT: self._path,
            local.FORMER: "\n".join(self._former),
        }

    def readable(self, location: str) -> str:
        return str(self._io.path(location))

    def parquet(self, location: str) -> pq.ParquetFile:
        return pq.ParquetFile(self._io.path(location), memory_map=True)

    def writer(self, location: str, schema: pa.Schema) -> pq.ParquetWriter:
        path = self._io.path(location)
        path.parent.mkdir(parents=True, exist_ok=True)
        return pq.ParquetWriter(path, schema, **OPTIONS)

    def finish(self, location: str) -> int:
        path = self._io.path(location)
        local.flush(path)
        return path.stat().st_size

    def remove(self, location: str) -> bool:
        try:
            self._io.path(location).unlink()
        except FileNotFoundError:
            return False
        return True

    def copy(self, location: str, target: Path) -> None:
        source = self._io.path(location)
        place = target / source.relative_to(self._path)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            place.hardlink_to(source)  # a file of the lake never changes
        except FileExistsError:
            return
        except FileNotFoundError:
            raise
        except OSError:  # another file system, or one without links
            shutil.copy2(source, place)

    def listed(self, under: str) -> Iterator[tuple[str, datetime]]:
        base = self._io.path(under)
        for path in base.rglob("*"):
            try:
                if path.is_file():
                    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield f"{under}/{path.relative_to(base).as_posix()}", at
            except FileNotFoundError:
                continue  # removed by another process meanwhile


class Bucket:
    """A bucket, or a prefix in it. Keys come with the URL or from the environment (``AWS_ACCESS_KEY_ID`` …)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._bucket_prefix = f"{parts.hostname or ''}{parts.path}".rstrip("/")
        self.root = f"s3://{self._bucket_prefix}"
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        self._given = {
            "s3.endpoint": query.get("endpoint", ""),
            "s3.region": query.get("region", ""),
            "s3.access-key-id": unquote(parts.username or ""),
            "s3.secret-access-key": unquote(parts.password or ""),
        }
        self._fs = self._filesystem()

    def _filesystem(self) -> fs.S3FileSystem:
        given = self._given
        return fs.S3FileSystem(
            access_key=given["s3.access-key-id"] or None,
            secret_key=given["s3.secret-access-key"] or None,
            region=given["s3.region"] or None,
            endpoint_override=given["s3.endpoint"] or None,
        )

    def properties(self) -> dict[str, str]:
        return {"py-io-impl": _ARROW_IO} | {key: value for key, value in self._given.items() if value}

    @staticmethod
    def _key(location: str) -> str:
        return location.removeprefix("s3://")

    def readable(self, location: str) -> str:
        return location

    def parquet(self, location: str) -> pq.ParquetFile:
        return pq.ParquetFile(self._key(location), filesystem=self._fs, pre_buffer=True)

    def writer(self, location: str, schema: pa.Schema) -> pq.ParquetWriter:
        return pq.ParquetWriter(self._key(location), schema, filesystem=self._fs, **OPTIONS)

    def finish(self, location: str) -> int:
        return int(self._fs.get_file_info(self._key(location)).size)

    def remove(self, location: str) -> bool:
        if self._fs.get_file_info(self._key(location)).type is fs.FileType.NotFound:
            return False
        self._fs.delete_file(self._key(location))
        return True

    def copy(self, location: str, target: Path) -> None:
        """Nothing: what keeps a bucket safe is the bucket's own versions and copies."""

    def listed(self, under: str) -> Iterator[tuple[str, datetime]]:
        chosen = fs.FileSelector(self._key(under), recursive=True, allow_not_found=True)
        for info in self._fs.get_file_info(chosen):
            if info.type is fs.FileType.File:
                yield f"s3://{info.path}", info.mtime


def open_storage(url: str, former: list[str]) -> Storage:
    """The storage at an absolute folder or an ``s3://`` URL; ``former`` are folders the lake was in before."""
    return Bucket(url) if url.startswith("s3://") else Folder(url, former)
