"""Blobs in a bucket, through the file systems of Arrow, which the lake uses too. An object appears when it is whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast
from urllib.parse import parse_qs, unquote, urlsplit

from pyarrow import ArrowException, fs

from dothi.engines.blob.base import PIECE, Blob, BlobMissing, BlobUnavailable, Measured, checked, pieces

_IN_MEMORY = 8 << 20  # larger content waits in a temporary file until its digest is known


class BucketBlobs:
    """Objects ``prefix/ab/cdef…`` of any file system of Arrow's."""

    def __init__(self, files: fs.FileSystem, root: str) -> None:
        self._files = files
        self._root = root.rstrip("/")

    @classmethod
    def of(cls, url: str) -> BucketBlobs:
        """``s3://[key:secret@]bucket/prefix[?endpoint=…&region=…]``; keys may come from the environment."""
        parts = urlsplit(url)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        endpoint = query.get("endpoint", "")
        files = fs.S3FileSystem(
            access_key=unquote(parts.username or "") or None,
            secret_key=unquote(parts.password or "") or None,
            region=query.get("region") or None,
            endpoint_override=endpoint or None,
            scheme="http" if endpoint.startswith("http://") else "https",
        )
        return cls(files, f"{parts.hostname or ''}{parts.path}")

    def _key(self, digest: str) -> str:
        checked(digest)
        return f"{self._root}/{digest[:2]}/{digest[2:]}"

    def put(self, content: bytes | Iterable[bytes], *, limit: int | None = None) -> Blob:
        measured = Measured()
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            for piece in pieces(content, limit):
                spool.write(measured.take(piece))
            blob = measured.blob()
            if not self.exists(blob.digest):
                spool.seek(0)
                self._upload(blob.digest, cast(BinaryIO, spool))
        return blob

    def _upload(self, digest: str, source: BinaryIO) -> None:
        key = self._key(digest)
        try:
            if isinstance(self._files, fs.LocalFileSystem):
                self._files.create_dir(key.rpartition("/")[0], recursive=True)
            with self._files.open_output_stream(key) as target:
                while piece := source.read(PIECE):
                    target.write(piece)
        except (OSError, ArrowException) as error:
            raise BlobUnavailable(f"{type(error).__name__}: {error}") from error

    def get(self, digest: str) -> bytes:
        with self.open(digest) as file:
            return file.read()

    def open(self, digest: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self._files.open_input_file(self._key(digest)))
        except FileNotFoundError as error:
            raise BlobMissing(digest) from error
        except OSError as error:
            raise BlobUnavailable(f"{type(error).__name__}: {error}") from error

    def exists(self, digest: str) -> bool:
        return self._info(digest).type is fs.FileType.File

    def _info(self, digest: str) -> fs.FileInfo:
        try:
            return self._files.get_file_info(self._key(digest))
        except OSError as error:
            raise BlobUnavailable(f"{type(error).__name__}: {error}") from error

    def delete(self, digest: str) -> bool:
        if not self.exists(digest):
            return False
        self._files.delete_file(self._key(digest))
        return True

    def iterate(self) -> Iterator[Blob]:
        chosen = fs.FileSelector(self._root, recursive=True, allow_not_found=True)
        for info in self._files.get_file_info(chosen):
            parts = info.path.rsplit("/", 2)
            if info.type is fs.FileType.File and len("".join(parts[-2:])) == 64:
                yield Blob("".join(parts[-2:]), int(info.size))

    def close(self) -> None:
        """Connections are Arrow's own."""
