"""Randomness as a pure function of place and time: the same question always has the same answer.

:class:`Field` is smooth and correlated in space and time; :func:`uniform` is independent from one reading to
the next.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_TERMS = 24


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for each use, so that adding one does not change the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@dataclass(frozen=True, slots=True)
class Field:
    """A smooth random field of mean 0 and variance 1, correlated over ``length_km`` and ``hours``.

    A sum of cosines with random directions and phases (random Fourier features), so it needs no memory of the
    past.
    """

    seed: int
    name: str
    length_km: float
    hours: float

    def at(self, x_km: Array, y_km: Array, hours: Array) -> Array:
        """Values of shape (places, times)."""
        random = stream(self.seed, self.name)
        kx, ky = random.normal(0, 1 / self.length_km, (2, _TERMS))
        w = random.normal(0, 1 / self.hours, _TERMS)
        phase = random.uniform(0, 2 * np.pi, _TERMS)
        space = np.outer(x_km, kx) + np.outer(y_km, ky) + phase
        time = np.outer(hours, w)
        # cos(a + b) as two matrix products instead of places × times × terms cosines
        waves = np.cos(space) @ np.cos(time).T - np.sin(space) @ np.sin(time).T
        values: Array = waves * np.sqrt(2 / _TERMS)
        return values


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64: spreads neighbouring numbers over all 64 bits."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def uniform(seed: int, name: str, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Array:
    """Independent numbers in [0, 1) of shape (rows, columns), by row number and column number."""
    with np.errstate(over="ignore"):
        start = np.uint64(zlib.crc32(name.encode())) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(
            seed & 0xFFFFFFFF
        )
        r = _mix(rows.astype(np.uint64) * np.uint64(0xD1342543DE82EF95) + start)
        c = _mix(columns.astype(np.uint64) * np.uint64(0xAF251AF3B0F025B5) + np.uint64(1))
        bits = _mix(r[:, None] ^ c[None, :])
    return (bits >> np.uint64(11)).astype(np.float64) / 2**53


def normal(seed: int, name: str, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Array:
    """As :func:`uniform`, normally distributed with variance 1 (Box–Muller)."""
    one = uniform(seed, name + "/1", rows, columns)
    two = uniform(seed, name + "/2", rows, columns)
    values: Array = np.sqrt(-2 * np.log1p(-one)) * np.cos(2 * np.pi * two)
    return values
