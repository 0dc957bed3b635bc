"""Mapbox Vector Tiles 2.1: a layer as protocol-buffer bytes. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

POINT, LINE, POLYGON = 1, 2, 3
_MOVE, _LINE, _CLOSE = 1, 2, 7
_KNOWN: Final = 16_384


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


_SMALL: Final = [_varint(each) for each in range(_KNOWN)]


def varint(value: int) -> bytes:
    """A whole number from 0 in groups of seven bits."""
    return _SMALL[value] if value < _KNOWN else _varint(value)


def zigzag(value: int) -> int:
    """A signed number as one from 0: small ones stay small."""
    return value << 1 if value >= 0 else (-value << 1) - 1


def _block(field: int, body: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(body)) + body


class Layer:
    """One layer. Add features, then take :meth:`encoded`."""

    def __init__(self, name: str, extent: int = 4096) -> None:
        self._name, self._extent = name, extent
        self._features: list[bytes] = []
        self._keys: dict[str, int] = {}
        self._values: dict[tuple[type, Any], int] = {}

    def __len__(self) -> int:
        return len(self._features)

    def key(self, name: str) -> int:
        """The number of a property's name in this layer."""
        return self._keys.setdefault(name, len(self._keys))

    def add(self, id: int | None, tags: Iterable[tuple[int, Any]], kind: int, geometry: bytes) -> None:
        """A feature: its properties as (number of the name, value), its commands encoded; None is left out."""
        known, packed = self._values, bytearray()
        for key, value in tags:
            if value is not None:
                packed += varint(key)
                packed += varint(known.setdefault((type(value), value), len(known)))
        body = b"" if id is None else b"\x08" + varint(id)
        if packed:
            body += _block(2, bytes(packed))
        self._features.append(_block(2, body + b"\x18" + varint(kind) + _block(4, geometry)))

    def encoded(self) -> bytes:
        """A tile of this one layer; empty when it has no features."""
        if not self._features:
            return b""
        body = [b"\x78\x02", _block(1, self._name.encode()), *self._features]
        body += [_block(3, key.encode()) for key in self._keys]
        body += [_block(4, _value(value)) for _, value in self._values]
        body.append(b"\x28" + varint(self._extent))
        return _block(3, b"".join(body))


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\x38" + varint(int(value))
    if isinstance(value, int):
        return b"\x30" + varint(zigzag(value))
    if isinstance(value, float):
        return b"\x19" + struct.pack("<d", value)
    return _block(1, str(value).encode())


def point(x: int, y: int) -> bytes:
    """The commands of one point."""
    return b"\x09" + varint(zigzag(x)) + varint(zigzag(y))


def commands(shape: Any) -> tuple[int, bytes]:
    """Kind and commands of a shapely geometry in tile units; no commands for one that is too small to see."""
    parts = [part for part in shapely.get_parts(shape).tolist() if not part.is_empty]
    if not parts:
        return 0, b""
    kind = min(3, int(shapely.get_dimensions(parts[0])) + 1)
    kept = [part for part in parts if int(shapely.get_dimensions(part)) + 1 == kind]
    pen = _Pen()
    if kind == POINT:
        pen.points([_whole(part)[0] for part in kept])
    for part in kept if kind != POINT else ():
        if kind == LINE:
            pen.line(_whole(part))
            continue
        rings = shapely.get_rings(part)
        if pen.ring(_whole(rings[0]), clockwise=True):
            for ring in rings[1:]:
                pen.ring(_whole(ring), clockwise=False)
    return kind, b"".join(varint(each) for each in pen.numbers)


def _whole(shape: Any) -> NDArray[np.int64]:
    """Coordinates as whole numbers, none twice in a row."""
    found: NDArray[np.int64] = np.rint(shapely.get_coordinates(shape)).astype(np.int64)
    kept: NDArray[np.int64] = found[np.concatenate([[True], np.any(np.diff(found, axis=0) != 0, axis=1)])]
    return kept


class _Pen:
    """Writes commands, each from where the one before ended."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._x = self._y = 0

    def _go(self, command: int, places: Sequence[Sequence[int]]) -> None:
        self.numbers.append(command | len(places) << 3)
        for x, y in places:
            self.numbers += (zigzag(x - self._x), zigzag(y - self._y))
            self._x, self._y = x, y

    def points(self, places: Sequence[NDArray[np.int64]]) -> None:
        self._go(_MOVE, [place.tolist() for place in places])

    def line(self, places: NDArray[np.int64]) -> None:
        if len(places) > 1:
            listed = places.tolist()
            self._go(_MOVE, listed[:1])
            self._go(_LINE, listed[1:])

    def ring(self, places: NDArray[np.int64], *, clockwise: bool) -> bool:
        """A ring, turned as it must be (y grows downwards); false when nothing of it is left."""
        x, y = places[:, 0], places[:, 1]
        area = int(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
        if len(places) < 4 or area == 0:
            return False
        listed = (places if (area > 0) == clockwise else places[::-1])[:-1].tolist()
        self._go(_MOVE, listed[:1])
        self._go(_LINE, listed[1:])
        self.numbers.append(_CLOSE | 1 << 3)
        return True
