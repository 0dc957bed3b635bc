"""Pages that were scanned or photographed one by one, as one PDF."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO, Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from dothi.core.errors import BadInput, TooLarge, both

PAGES_MOST: Final = 60
PIXELS_MOST: Final = 60_000_000
_A4_DPI: Final = 150
_LONGEST: Final = 2_340  # an A4 page at 200 dpi: legible in print, small enough to keep


def one_pdf(pages: Iterable[IO[Any]]) -> bytes:
    """The pictures as the pages of one PDF, turned upright; nothing of the camera's notes stays.

    Raises :class:`BadInput` when one of them is no picture, :class:`TooLarge` when they are too many or too large.
    """
    made = [_page(each) for each in pages]
    if not made:
        raise BadInput(both("Chưa có trang nào.", "There is no page."), where="file")
    if len(made) > PAGES_MOST:
        raise TooLarge(both(f"Tối đa {PAGES_MOST} trang.", f"At most {PAGES_MOST} pages."), where="file")
    out = io.BytesIO()
    made[0].save(out, "PDF", save_all=True, append_images=made[1:], resolution=_A4_DPI)
    return out.getvalue()


def _page(content: IO[Any]) -> Image.Image:
    try:
        picture = Image.open(content)
        if picture.width * picture.height > PIXELS_MOST:
            raise TooLarge(both("Ảnh quá lớn.", "A picture is too large."), where="file")
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise BadInput(
            both("Chỉ ghép được ảnh chụp hoặc ảnh quét.", "Only pictures can be joined to one file."),
            where="file",
        ) from error
    upright.thumbnail((_LONGEST, _LONGEST))
    return upright
