"""Columns of a bulk write as PostgreSQL's binary arrays.

The driver's own list dumper walks each element through Python; packing here costs a tenth of that. Text goes
as bytea and becomes text in the server: text arrays are parsed element by element and cost 310 µs a row.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

from dothi.engines.store.base import Kind

_HEADER = struct.Struct("!iiIii")  # dimensions, has nulls, element type, length, lower bound
_NULL = struct.pack("!i", -1)
_INT = struct.Struct("!iq")
_FLOAT = struct.Struct("!id")
_LENGTH = struct.Struct("!i")
INT8_OID, FLOAT8_OID, BYTEA_OID = 20, 701, 17
INT8_ARRAY_OID, FLOAT8_ARRAY_OID, BYTEA_ARRAY_OID = 1016, 1022, 1001


class Packed(bytes):
    """An array already in the server's binary form."""


class Int8Array(Packed):
    """int8[]"""


class Float8Array(Packed):
    """float8[]"""


class ByteaArray(Packed):
    """bytea[]"""


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj


class _Int8Dumper(_PackedDumper):
    oid = INT8_ARRAY_OID


class _Float8Dumper(_PackedDumper):
    oid = FLOAT8_ARRAY_OID


class _ByteaDumper(_PackedDumper):
    oid = BYTEA_ARRAY_OID


def register(connection: Connection[Any]) -> None:
    """Teach ``connection`` to send packed arrays as they are."""
    connection.adapters.register_dumper(Int8Array, _Int8Dumper)
    connection.adapters.register_dumper(Float8Array, _Float8Dumper)
    connection.adapters.register_dumper(ByteaArray, _ByteaDumper)


def _head(oid: int, values: Sequence[Any]) -> bytes:
    return _HEADER.pack(1, 1 if None in values else 0, oid, len(values), 1)


def ints(values: Sequence[int | None]) -> Int8Array:
    """Whole numbers of 64 bits."""
    if None not in values:
        flat = [part for value in values for part in (8, value)]
        return Int8Array(_head(INT8_OID, values) + struct.pack("!" + "iq" * len(values), *flat))
    parts = (_NULL if value is None else _INT.pack(8, value) for value in values)
    return Int8Array(_head(INT8_OID, values) + b"".join(parts))


def floats(values: Sequence[float | None]) -> Float8Array:
    """Floating-point numbers of 64 bits."""
    parts = (_NULL if value is None else _FLOAT.pack(8, value) for value in values)
    return Float8Array(_head(FLOAT8_OID, values) + b"".join(parts))


def byteas(values: Sequence[bytes | None]) -> ByteaArray:
    """Byte strings."""
    pack = _LENGTH.pack
    parts = (_NULL if value is None else pack(len(value)) + value for value in values)
    return ByteaArray(_head(BYTEA_OID, values) + b"".join(parts))


def texts(values: Sequence[str | None]) -> ByteaArray:
    """Texts as UTF-8, for ``convert_from`` in the server."""
    return byteas([None if value is None else value.encode() for value in values])


PACKERS: dict[Kind, Callable[[Sequence[Any]], Packed]] = {
    "int": ints,
    "float": floats,
    "text": texts,
    "bytes": byteas,
}
ARRAY_TYPE: dict[Kind, str] = {"int": "int8[]", "float": "float8[]", "text": "bytea[]", "bytes": "bytea[]"}
