"""Sifted rows from one process to another. What was refused comes with its cells; the others' cells are read when asked for."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

import msgspec

from dothi.kernel.registers.imports.sifting import Chunk, Sifting
from dothi.kernel.registers.rows import Ready, RowError, Sifter
from dothi.kernel.registers.validation import Fault

_LENGTH: Final = 8
_PACKED: Final = 500  # rows whose cells are packed, and unpacked, together


class Cut(Exception):
    """The other process ended before it had sent all."""


class _Sent(msgspec.Struct, array_like=True, gc=False):
    start: int
    rows: int
    ready: list[Ready]
    refused: list[tuple[int, list[Fault]]]
    refused_cells: bytes  # number in the batch → cells
    cells: list[bytes]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Sent).decode


class Cells(Sequence[Sequence[Any]]):
    """The cells of the rows of a batch."""

    def __init__(self, sent: _Sent) -> None:
        self._rows, self._packed = sent.rows, sent.cells
        self._known: dict[int, Sequence[Any]] = _unpacked(sent.refused_cells)

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < self._rows:
            raise IndexError(index)
        if index not in self._known:
            first = index - index % _PACKED
            self._known |= dict(enumerate(_unpacked(self._packed[index // _PACKED]), first))
        return self._known[index]


def _packed(value: Any) -> bytes:
    return pickle.dumps(
        value, pickle.HIGHEST_PROTOCOL
    )  # cells are whatever the readers give: days, decimals, bytes


def _unpacked(raw: bytes) -> Any:
    return pickle.loads(raw)  # noqa: S301 - written a moment ago by a process we started


def send(chunks: Iterator[Chunk], out: IO[bytes]) -> None:
    """Write all chunks, then that these were all."""
    for chunk in chunks:
        sifter, rows = chunk.sifter, chunk.rows
        refused = {each.row - chunk.start: rows[each.row - chunk.start] for each in sifter.errors}
        body = _encode(
            _Sent(
                chunk.start,
                len(rows),
                sifter.ready,
                [(each.row, each.faults) for each in sifter.errors],
                _packed(refused),
                [_packed(rows[at : at + _PACKED]) for at in range(0, len(rows), _PACKED)],
            )
        )
        out.write(len(body).to_bytes(_LENGTH))
        out.write(body)
        out.flush()
    out.write(bytes(_LENGTH))
    out.flush()


def receive(source: IO[bytes], sifting: Sifting) -> Iterator[Chunk]:
    """The chunks that :func:`send` writes; raises :class:`Cut` when it did not come to its end."""
    while size := int.from_bytes(_exactly(source, _LENGTH)):
        sent = _decode(_exactly(source, size))
        sifter = Sifter(sifting.kind, sifting.by, sifting.upsert, sent.ready)
        sifter.errors = [RowError(row, faults, {}) for row, faults in sent.refused]
        yield Chunk(sent.start, Cells(sent), sifter)


def _exactly(source: IO[bytes], size: int) -> bytes:
    found = source.read(size)
    if len(found) < size:
        raise Cut
    return found
