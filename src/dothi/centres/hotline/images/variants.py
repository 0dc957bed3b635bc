"""The sizes a photo is kept in, written anew so that nothing but pixels is in the file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

from PIL import Image

SIZES: Final[Mapping[str, int]] = {"full": 2048, "screen": 1024, "thumbnail": 320}
"""The longer side of each variant; a smaller photo is not enlarged."""
QUALITY: Final = 85


def encode(image: Image.Image, side: int | None = None) -> bytes:
    """``image`` as a JPEG whose longer side is at most ``side``."""
    shown = image.copy()
    if side is not None:
        shown.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def variants(image: Image.Image) -> dict[str, bytes]:
    """Every size of :data:`SIZES`."""
    return {name: encode(image, side) for name, side in SIZES.items()}
