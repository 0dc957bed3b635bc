"""A photo as received: what it really is, whether it may be decoded, where and when it was taken."""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from dothi.core.clock import HCMC
from dothi.core.errors import BadInput, TooLarge, both

BYTES: Final = 20 * 2**20
PIXELS: Final = 50_000_000
SIDE: Final = 20_000
FORMATS: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class NotAPhoto(BadInput):
    """A file that is no photo the platform takes, or is damaged."""

    kind = "not-a-photo"
    title = both("Không phải ảnh dùng được", "Not a usable photo")


@dataclass(frozen=True, slots=True)
class Taken:
    """What the camera wrote of where and when; told to the reporter and the officer, never published."""

    position: tuple[float, float] | None = None  # longitude, latitude
    at: datetime | None = None  # aware; the city's time where the camera gives no zone


@dataclass(frozen=True)
class Photo:
    """A decoded photo, upright, in RGB, without metadata, and what its metadata said."""

    image: Image.Image
    media_type: str  # of the file received
    taken: Taken


def magic(data: bytes) -> str | None:
    """The media type the first bytes say."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def read(data: bytes, *, bytes_most: int = BYTES, pixels_most: int = PIXELS) -> Photo:
    """The photo in ``data``; raises :class:`NotAPhoto` or :class:`TooLarge`.

    Its size is read from its head before anything is decoded, so that a small file cannot unpack to a huge one.
    """
    if len(data) > bytes_most:
        mb = bytes_most // 2**20
        raise TooLarge(both(f"Ảnh lớn hơn {mb} MB.", f"The photo is larger than {mb} MB."))
    kind = magic(data)
    if kind is None:
        raise NotAPhoto(both("Hãy gửi ảnh JPEG, PNG hoặc WebP.", "Send a photo as JPEG, PNG or WebP."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(FORMATS)) as opened:
                _within(opened.size, pixels_most)
                if FORMATS.get(opened.format or "") != kind:
                    raise NotAPhoto(
                        both("Nội dung tệp không khớp kiểu.", "The file is not what it says it is.")
                    )
                taken = _taken(opened)
                opened.load()
                upright = ImageOps.exif_transpose(opened)
                return Photo(_plain(upright), kind, taken)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(both("Ảnh có quá nhiều điểm ảnh.", "The photo has too many pixels.")) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, EOFError) as error:
        raise NotAPhoto(
            both("Ảnh bị hỏng, không mở được.", "The photo is damaged and cannot be opened.")
        ) from error


def _within(size: tuple[int, int], pixels_most: int) -> None:
    width, height = size
    if width * height > pixels_most or max(size) > SIDE:
        raise TooLarge(
            both(
                f"Ảnh {width}×{height} có quá nhiều điểm ảnh.",
                f"A photo of {width}×{height} has too many pixels.",
            )
        )


def _plain(image: Image.Image) -> Image.Image:
    """Only the pixels, on white where they are transparent."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(over, mask=over.getchannel("A"))
        return flat
    copy = Image.new("RGB", image.size)
    copy.paste(image.convert("RGB"))
    return copy


def _taken(image: Image.Image) -> Taken:
    """Where and when, as far as the metadata is well formed."""
    try:
        exif = image.getexif()
        inner, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        return Taken()
    return Taken(_position(gps), _time({**exif, **inner}))


def _position(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    tags = ExifTags.GPS
    lat = _degrees(gps.get(tags.GPSLatitude), gps.get(tags.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(tags.GPSLongitude), gps.get(tags.GPSLongitudeRef), "W")
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0):
        return None
    return round(lon, 6), round(lat, 6)


def _degrees(parts: Any, half: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        return None
    return -value if str(half).strip("\x00 ").upper() == negative else value


def _time(tags: Mapping[int, Any]) -> datetime | None:
    written = tags.get(ExifTags.Base.DateTimeOriginal) or tags.get(ExifTags.Base.DateTime)
    try:
        local = datetime.strptime(str(written).strip("\x00 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=HCMC)
    except ValueError:
        return None
    zone = str(tags.get(ExifTags.Base.OffsetTimeOriginal) or "")
    if len(zone) == 6 and zone[0] in "+-" and zone[1:3].isdecimal() and zone[4:].isdecimal():
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
        if away < timedelta(hours=24):
            return local.replace(tzinfo=timezone(away if zone[0] == "+" else -away))
    return local
