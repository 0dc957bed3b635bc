"""Faces and plates by the Haar cascades that come with OpenCV 4 (extra ``photos``)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from PIL import Image

from dothi.centres.hotline.images.detectors.base import Found

SIDE: Final = 1600
"""Photos are looked at in at most this size."""
# A cascade, what it finds, how many neighbouring hits it takes. Few are asked for: a blurred patch too many harms
# nobody, a face too few does.
CASCADES: Final[tuple[tuple[str, Literal["face", "plate"], int], ...]] = (
    ("haarcascade_frontalface_default.xml", "face", 3),
    ("haarcascade_frontalface_alt2.xml", "face", 2),
    ("haarcascade_profileface.xml", "face", 3),
    ("haarcascade_russian_plate_number.xml", "plate", 3),
)


@cache
def _cascades() -> tuple[tuple[Any, Literal["face", "plate"], int], ...]:
    import cv2  # type: ignore[import-not-found, unused-ignore]

    folder = Path(cv2.data.haarcascades)  # type: ignore[attr-defined, unused-ignore]
    return tuple((cv2.CascadeClassifier(str(folder / name)), kind, least) for name, kind, least in CASCADES)


class HaarDetector:
    """OpenCV's cascades, in both directions for profiles."""

    key = "haar"

    def available(self) -> bool:
        """Whether OpenCV is installed with its cascades (OpenCV 5 has none)."""
        try:
            return not any(cascade.empty() for cascade, _, _ in _cascades())
        except (ImportError, AttributeError):
            return False

    def find(self, image: Image.Image) -> Sequence[Found]:
        """Faces from the front and the sides, plates."""
        shown = image.convert("L")
        shown.thumbnail((SIDE, SIDE))
        scale = image.width / shown.width
        grey = np.asarray(shown)
        found: list[Found] = []
        for cascade, kind, least in _cascades():
            found += [
                _box(kind, hit, scale) for hit in cascade.detectMultiScale(grey, 1.1, least, 0, (20, 20))
            ]
        profile, kind, least = _cascades()[2]
        mirrored = np.ascontiguousarray(grey[:, ::-1])
        for x, y, w, h in profile.detectMultiScale(mirrored, 1.1, least, 0, (20, 20)):
            found.append(_box(kind, (shown.width - x - w, y, w, h), scale))
        return found


def _box(kind: Literal["face", "plate"], hit: Any, scale: float) -> Found:
    x, y, w, h = (round(float(value) * scale) for value in hit)
    return Found(kind, x, y, w, h)
