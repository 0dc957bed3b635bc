"""The weights in use, written by ``bench/duplicates.py --tune`` from the labelled pairs of the tuning half."""

from __future__ import annotations

from typing import Final

from dothi.centres.hotline.duplicates.scoring import Weights

TUNED: Final = Weights(
    weights=(1.8418, -2.3329, -0.4282, 1.4421, -0.5, 1.3159, -3.1362, -1.595, -0.7, 3.0),
    threshold=0.76,
    note="92 labelled pairs of the tuning half of the Los Angeles requests",
)
