"""What a detector is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from PIL import Image


@dataclass(frozen=True, slots=True)
class Found:
    """A box in pixels that may show a face or a plate."""

    kind: Literal["face", "plate"]
    left: int
    top: int
    width: int
    height: int


class Detector(Protocol):
    """Finds faces and plates. None finds all of them: what it does not find may be there."""

    key: str

    def available(self) -> bool:
        """Whether it can work here."""

    def find(self, image: Image.Image) -> Sequence[Found]:
        """The faces and plates it sees in an upright RGB image."""
