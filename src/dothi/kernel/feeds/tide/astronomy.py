"""Astronomical arguments and nodal factors of the tidal constituents.

Mean longitudes: Meeus, *Astronomical Algorithms* (1998), p. 144, 338, 343. Nodal factors: Schureman, *Manual
of Harmonic Analysis and Prediction of Tides* (1958); equation numbers beside each. Angles in radians inside,
arrays of shape (times,) throughout, so a whole prediction is a few array operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_J2000_US = 946_728_000_000_000  # 2000-01-01T12:00:00Z
_US_PER_CENTURY = 86_400_000_000 * 36_525


@dataclass(frozen=True, slots=True)
class Longitudes:
    """Mean longitudes: lunar time ``tau``, Moon ``s``, Sun ``h``, perigee ``p``, node ``n``, Sun's ``pp``."""

    tau: Array
    s: Array
    h: Array
    p: Array
    n: Array
    pp: Array


def _polynomial(t: Array, *coefficients: float) -> Array:
    """Σ cᵢ tⁱ of degrees, as radians in one turn (the turn is taken off first to keep precision)."""
    value = np.zeros_like(t)
    for coefficient in reversed(coefficients):
        value = value * t + coefficient
    return np.radians(np.mod(value, 360.0))


def longitudes(times_us: NDArray[np.int64]) -> Longitudes:
    """The mean longitudes at UTC instants given in microseconds since 1970."""
    t = (times_us - _J2000_US) / _US_PER_CENTURY
    s = _polynomial(t, 218.3164477, 481267.88123421, -1.5786e-3, 1.855835e-6, -1.53388e-8)
    h = _polynomial(t, 280.4662556, 36000.7698278, 3.033e-4, 2.4e-8, -6.5e-9)
    p = _polynomial(t, 83.3532465, 4069.0137287, -1.032e-2, -1.249172e-5)
    n = _polynomial(t, 125.04452, -1934.136261, 2.0708e-3, 2.22222e-6)
    pp = _polynomial(t, 282.94, 1.7192)
    day = np.mod(times_us, 86_400_000_000) / 86_400_000_000
    return Longitudes(2 * np.pi * day - s + h, s, h, p, n, pp)


@dataclass(frozen=True, slots=True)
class Lunar:
    """Schureman's angles of the Moon's orbit: I (its tilt to the equator), ξ, ν, ν′, 2ν″, and P = p − ξ."""

    i: Array
    xi: Array
    nu: Array
    nu1: Array
    nu2: Array
    p: Array


def lunar(at: Longitudes) -> Lunar:
    """The angles that turn with the lunar node in 18.6 years (Schureman p. 156, eq. 191, 224, 232)."""
    i = np.arccos(0.913694997 - 0.035692561 * np.cos(at.n))
    one = np.arctan(1.01883 * np.tan(at.n / 2))
    two = np.arctan(0.64412 * np.tan(at.n / 2))
    xi = at.n - one - two
    xi = np.arctan2(np.sin(xi), np.cos(xi))
    nu = one - two
    nu1 = np.arctan2(np.sin(2 * i) * np.sin(nu), np.sin(2 * i) * np.cos(nu) + 0.3347)
    square = np.sin(i) ** 2
    nu2 = np.arctan2(square * np.sin(2 * nu), square * np.cos(2 * nu) + 0.0727)
    return Lunar(i, xi, nu, nu1, nu2, at.p - xi)


def _l2(m: Lunar) -> tuple[Array, Array]:
    """L2 carries the perigee's own modulation (eq. 213–215)."""
    tan = np.tan(m.i / 2) ** 2
    r = np.arctan2(np.sin(2 * m.p), 1 / (6 * tan) - np.cos(2 * m.p))
    factor = np.sqrt(1 - 12 * tan * np.cos(2 * m.p) + 36 * tan**2)
    return np.cos(m.i / 2) ** 4 / 0.9154 * factor, 2 * m.xi - 2 * m.nu - r


def nodal(m: Lunar) -> dict[str, tuple[Array, Array]]:
    """Factor f and phase u of each constituent that others are built from (eq. 73–79, 149, 215, 227, 235)."""
    i, xi, nu = m.i, m.xi, m.nu
    half, sin = np.cos(i / 2), np.sin(i)
    return {
        "MM": ((2 / 3 - sin**2) / 0.5021, np.zeros_like(i)),
        "MF": (sin**2 / 0.1578, -2 * xi),
        "O1": (sin * half**2 / 0.38, 2 * xi - nu),
        "J1": (np.sin(2 * i) / 0.7214, -nu),
        "OO1": (sin * np.sin(i / 2) ** 2 / 0.0164, -2 * xi - nu),
        "K1": (np.sqrt(0.8965 * np.sin(2 * i) ** 2 + 0.6001 * np.sin(2 * i) * np.cos(nu) + 0.1006), -m.nu1),
        "M2": (half**4 / 0.9154, 2 * xi - 2 * nu),
        "M3": (half**6 / 0.8758, 3 * xi - 3 * nu),
        "L2": _l2(m),
        "K2": (np.sqrt(19.0444 * sin**4 + 2.7702 * sin**2 * np.cos(2 * nu) + 0.0981), -m.nu2),
    }
