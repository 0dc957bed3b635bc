"""The detectors there are, the preferred one first; a city adds its own with :func:`register`."""

from __future__ import annotations

from dothi.centres.hotline.images.detectors.base import Detector
from dothi.centres.hotline.images.detectors.haar import HaarDetector

_detectors: list[Detector] = [HaarDetector()]


def register(detector: Detector) -> None:
    """Prefer this detector from now on; one of the same key is replaced."""
    _detectors[:] = [detector, *(each for each in _detectors if each.key != detector.key)]


def detector() -> Detector | None:
    """The first that can work here; None when there is none, and then no photo becomes public."""
    return next((each for each in _detectors if each.available()), None)
