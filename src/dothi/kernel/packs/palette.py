"""The house colours of data and the sign of each level: Okabe–Ito for the abnormal, grey for the normal."""

from __future__ import annotations

from typing import Final

from dothi.kernel.packs.declarations import Level, Shape

NORMAL: Final = "#8A989B"
PALETTE: Final = ("#0072B2", "#E69F00", "#D55E00", "#56B4E9", "#009E73", "#CC79A7", "#F0E442", NORMAL)
SIGNS: Final[dict[Level, tuple[str, Shape]]] = {
    "normal": (NORMAL, "circle"),
    "info": ("#56B4E9", "square"),
    "warn": ("#E69F00", "diamond"),
    "alert": ("#D55E00", "triangle"),
    "critical": ("#CC79A7", "hexagon"),
}
