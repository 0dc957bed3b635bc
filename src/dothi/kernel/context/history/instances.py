"""The ids of single points of history."""

from __future__ import annotations

import re
import zlib
from typing import NamedTuple

import numpy as np

from dothi.kernel.context.history.chunks import Chunk

PREFIX = "urn:ngsi-ld:Instance:"
_ID = re.compile(re.escape(PREFIX) + r"([0-9a-f]+)-([0-9a-f]+)-(-?[0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)\Z")


class InstanceId(NamedTuple):
    """What an instance id says; it stays the same when history becomes columns."""

    eid: int
    nid: int
    time: int
    modified: int
    dataset: int

    def text(self) -> str:
        """The URI."""
        return f"{PREFIX}{self.eid:x}-{self.nid:x}-{self.time:x}-{self.modified:x}-{self.dataset:x}"


def parse(text: str) -> InstanceId | None:
    """The parts of an instance id; None when it is not one of ours."""
    found = _ID.match(text)
    return None if found is None else InstanceId(*(int(part, 16) for part in found.groups()))


def ids(chunk: Chunk) -> list[str]:
    """The id of each point of a run."""
    dataset = mark(chunk.dataset)
    return [
        InstanceId(chunk.eid, chunk.nid, time, modified, dataset).text()
        for time, modified in zip(chunk.times.tolist(), chunk.modified.tolist(), strict=True)
    ]


def mark(dataset: str) -> int:
    """A short stand-in for a datasetId."""
    return zlib.crc32(dataset.encode()) if dataset else 0


def place(chunk: Chunk, wanted: InstanceId) -> int | None:
    """Where in a run a point is."""
    if (chunk.eid, chunk.nid, mark(chunk.dataset)) != (wanted.eid, wanted.nid, wanted.dataset):
        return None
    found = np.flatnonzero((chunk.times == wanted.time) & (chunk.modified == wanted.modified))
    return int(found[0]) if len(found) else None
