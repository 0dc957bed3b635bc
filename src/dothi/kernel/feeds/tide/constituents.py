"""What each tidal constituent is: its Doodson multipliers and which nodal modulation it follows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Constituent:
    """Multipliers of (τ, s, h, p, p′) and of 90°. ``nodal``: constituent → power (f^|power|, power·u)."""

    tau: int
    s: int
    h: int
    p: int
    pp: int
    quarter: int
    nodal: dict[str, int] = field(default_factory=dict)


_M2 = {"M2": 1}
_O1 = {"O1": 1}

# Phases follow the source's own convention: SA is h without the solar perigee (its published lag puts the
# highest mean sea level of Vũng Tàu and Quy Nhơn into the north-east monsoon, as observed), S1 is the Sun's
# hour angle.
CONSTITUENTS: dict[str, Constituent] = {
    "SA": Constituent(0, 0, 1, 0, 0, 0),
    "SSA": Constituent(0, 0, 2, 0, 0, 0),
    "MM": Constituent(0, 1, 0, -1, 0, 0, {"MM": 1}),
    "MSF": Constituent(0, 2, -2, 0, 0, 0, {"M2": -1}),
    "MF": Constituent(0, 2, 0, 0, 0, 0, {"MF": 1}),
    "MTM": Constituent(0, 3, 0, -1, 0, 0, {"MF": 1}),
    "MSQM": Constituent(0, 4, -2, 0, 0, 0, {"MF": 1}),
    "2Q1": Constituent(1, -3, 0, 2, 0, -1, _O1),
    "Q1": Constituent(1, -2, 0, 1, 0, -1, _O1),
    "RHO1": Constituent(1, -2, 2, -1, 0, -1, _O1),
    "O1": Constituent(1, -1, 0, 0, 0, -1, _O1),
    "P1": Constituent(1, 1, -2, 0, 0, -1),
    "S1": Constituent(1, 1, -1, 0, 0, 2),
    "K1": Constituent(1, 1, 0, 0, 0, 1, {"K1": 1}),
    "J1": Constituent(1, 2, 0, -1, 0, 1, {"J1": 1}),
    "OO1": Constituent(1, 3, 0, 0, 0, 1, {"OO1": 1}),
    "EP2": Constituent(2, -3, 2, 1, 0, 0, _M2),
    "2N2": Constituent(2, -2, 0, 2, 0, 0, _M2),
    "MU2": Constituent(2, -2, 2, 0, 0, 0, _M2),
    "N2": Constituent(2, -1, 0, 1, 0, 0, _M2),
    "NU2": Constituent(2, -1, 2, -1, 0, 0, _M2),
    "MA2": Constituent(2, 0, -1, 0, 0, 0),
    "M2": Constituent(2, 0, 0, 0, 0, 0, _M2),
    "MB2": Constituent(2, 0, 1, 0, 0, 0),
    "MKS2": Constituent(2, 0, 2, 0, 0, 0, {"M2": 1, "K2": 1}),
    "LAMBDA2": Constituent(2, 1, -2, 1, 0, 2, _M2),
    "L2": Constituent(2, 1, 0, -1, 0, 2, {"L2": 1}),
    "T2": Constituent(2, 2, -3, 0, 1, 0),
    "S2": Constituent(2, 2, -2, 0, 0, 0),
    "R2": Constituent(2, 2, -1, 0, -1, 2),
    "K2": Constituent(2, 2, 0, 0, 0, 0, {"K2": 1}),
    "2SM2": Constituent(2, 4, -4, 0, 0, 0, {"M2": -1}),
    "M3": Constituent(3, 0, 0, 0, 0, 0, {"M3": 1}),
    "T3": Constituent(3, 3, -4, 0, 0, 2),
    "S3": Constituent(3, 3, -3, 0, 0, 0),
    "N4": Constituent(4, -2, 0, 2, 0, 0, {"M2": 2}),
    "MN4": Constituent(4, -1, 0, 1, 0, 0, {"M2": 2}),
    "M4": Constituent(4, 0, 0, 0, 0, 0, {"M2": 2}),
    "MS4": Constituent(4, 2, -2, 0, 0, 0, _M2),
    "S4": Constituent(4, 4, -4, 0, 0, 0),
    "2MO5": Constituent(5, -1, 0, 0, 0, -1, {"M2": 2, "O1": 1}),
    "2MK5": Constituent(5, 1, 0, 0, 0, 1, {"M2": 2, "K1": 1}),
    "M6": Constituent(6, 0, 0, 0, 0, 0, {"M2": 3}),
    "2MS6": Constituent(6, 2, -2, 0, 0, 0, {"M2": 2}),
    "M8": Constituent(8, 0, 0, 0, 0, 0, {"M2": 4}),
}

# Published for our stations but defined differently by different software, so using them would be a guess;
# the decision record on the tide says what contradicts what.
AMBIGUOUS = frozenset({"M1", "SGM", "R3", "3L2", "3N2"})
