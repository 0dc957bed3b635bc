"""A photo for everybody, or the reason why it stays with those who work on the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageFilter

from dothi.centres.hotline.images.detectors import registry
from dothi.centres.hotline.images.detectors.base import Detector, Found
from dothi.centres.hotline.images.variants import variants
from dothi.core.errors import Text, both

MOST: Final = 40
"""More findings than this are a crowd or a confused detector: a person should look."""
MARGIN: Final = 0.25
BLOCK: Final = 8


@dataclass(frozen=True, slots=True)
class PublicImage:
    """The sizes of a photo in which what the detector found is beyond recognition.

    No detector finds everything: screens say so, and who is in a picture can have it taken down.
    """

    files: Mapping[str, bytes]
    hidden: tuple[Found, ...]
    detector: str


@dataclass(frozen=True, slots=True)
class Private:
    """That a photo stays private, and why."""

    reason: Literal["no-detector", "detector-failed", "too-many", "not-public"]
    text: Text


_WHY: Final[dict[str, Text]] = {
    "no-detector": both(
        "Máy chủ chưa có công cụ che mặt và biển số, nên ảnh chỉ người xử lý được xem.",
        "There is nothing here that hides faces and plates, so only those who work on the report see the photo.",
    ),
    "detector-failed": both(
        "Không kiểm tra được khuôn mặt và biển số trong ảnh, nên ảnh chỉ người xử lý được xem.",
        "The photo could not be looked through for faces and plates, so only those who work on the report see it.",
    ),
    "too-many": both(
        "Ảnh có quá nhiều khuôn mặt hoặc biển số, cần người xem trước khi công khai.",
        "The photo shows too many faces or plates; a person has to look before it is public.",
    ),
    "not-public": both(
        "Loại phản ánh này không công khai ảnh.", "Photos of this kind of report are not made public."
    ),
}


def publicise(
    image: Image.Image, *, public: bool = True, detector: Detector | None = None
) -> PublicImage | Private:
    """``image`` (as :func:`checking.read` gives it) for everybody, or why not.

    ``public`` is what the category says; ``detector`` the registry's unless given.
    """
    if not public:
        return _private("not-public")
    used = detector or registry.detector()
    if used is None or not used.available():
        return _private("no-detector")
    try:
        found = tuple(used.find(image))
    except Exception:
        return _private("detector-failed")
    if len(found) > MOST:
        return _private("too-many")
    return PublicImage(variants(hide(image, found)), found, used.key)


def _private(reason: Literal["no-detector", "detector-failed", "too-many", "not-public"]) -> Private:
    return Private(reason, _WHY[reason])


def hide(image: Image.Image, found: Sequence[Found]) -> Image.Image:
    """A copy with every box, and a margin around it, reduced to a few blocks and blurred: nothing can be won back."""
    shown = image.convert("RGB")
    for each in found:
        wide, high = round(each.width * MARGIN), round(each.height * MARGIN)
        box = (
            max(each.left - wide, 0),
            max(each.top - high, 0),
            min(each.left + each.width + wide, shown.width),
            min(each.top + each.height + high, shown.height),
        )
        size = box[2] - box[0], box[3] - box[1]
        if min(size) <= 0:
            continue
        few = max(1, min(BLOCK, size[0])), max(1, min(BLOCK, size[1]))
        patch = shown.crop(box).resize(few, Image.Resampling.BOX).resize(size, Image.Resampling.BILINEAR)
        shown.paste(patch.filter(ImageFilter.GaussianBlur(max(size) / BLOCK)), box)
    return shown
