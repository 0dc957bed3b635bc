"""Reads objects of an S3-compatible store with Arrow's own client."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from pyarrow import fs

from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import S3Source, SourceDeclaration
from dothi.kernel.pipelines.credentials import credential
from dothi.kernel.pipelines.sources.base import Portion, Position, SourceAway, Task
from dothi.kernel.pipelines.sources.filelike import Form, Item, portions

_PIECE = 1 << 20


def connect(spec: S3Source) -> fs.S3FileSystem:
    """The store, signed in when the source names a secret."""
    given: dict[str, Any] = {"request_timeout": 60, "connect_timeout": 10}
    if spec.secret:
        given["access_key"], _, given["secret_key"] = credential(spec.secret).partition(":")
    else:
        given["anonymous"] = True
    if spec.endpoint:
        scheme, _, host = spec.endpoint.rpartition("://")
        given |= {"endpoint_override": host, "scheme": scheme or "https"}
    if spec.region:
        given["region"] = spec.region
    return fs.S3FileSystem(**given)


class S3Extractor:
    """One portion or more an object."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.s3
        assert spec is not None
        store = connect(spec)
        try:
            found = _listed(store, spec.path)
        except OSError as error:
            raise SourceAway(f"s3://{spec.path}", error) from error
        if not found:
            raise BadInput(
                both(f"Không có đối tượng nào theo {spec.path}.", f"There is no object at {spec.path}."),
                where="s3.path",
            )
        items = [
            Item(
                each.path,
                f"{each.size}-{each.mtime_ns}",
                partial(_fetch, store, each.path, task.folder),
            )
            for each in found
        ]
        yield from portions(
            items, Form(spec.format, spec.records, spec.options), declared.mode, position, task
        )


def _listed(store: fs.S3FileSystem, pattern: str) -> list[fs.FileInfo]:
    """The objects a pattern names; only what stands before its first star is asked for."""
    fixed = pattern.split("*")[0].split("?")[0]
    base = fixed if fixed == pattern else fixed.rpartition("/")[0]
    if fixed == pattern:
        found = [store.get_file_info(base)]
    else:
        found = store.get_file_info(fs.FileSelector(base, recursive=True, allow_not_found=True))
    files = [each for each in found if each.type == fs.FileType.File and fnmatch.fnmatch(each.path, pattern)]
    return sorted(files, key=lambda each: each.path)


def _fetch(store: fs.S3FileSystem, path: str, folder: Path) -> Path:
    target = folder / PurePosixPath(path).name
    try:
        with store.open_input_stream(path) as stream, target.open("wb") as file:
            while piece := stream.read(_PIECE):
                file.write(piece)
    except OSError as error:
        raise SourceAway(f"s3://{path}", error) from error
    return target


EXTRACTOR = S3Extractor()
