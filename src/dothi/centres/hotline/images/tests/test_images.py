"""A photo is what its bytes say, carries nothing but pixels, and is public only with faces and plates hidden."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image

from dothi.centres.hotline.images import checking
from dothi.centres.hotline.images.detectors import registry
from dothi.centres.hotline.images.detectors.base import Found
from dothi.centres.hotline.images.detectors.haar import HaarDetector
from dothi.centres.hotline.images.publicising import Private, PublicImage, hide, publicise
from dothi.centres.hotline.images.variants import variants
from dothi.core.errors import BadInput, TooLarge


def photo(form: str = "JPEG", size=(60, 40), exif: Image.Exif | None = None, mode: str = "RGB") -> bytes:
    image = Image.new(mode, size, "green" if mode == "RGB" else (0, 128, 0, 0))
    image.paste("red" if mode == "RGB" else (255, 0, 0, 255), (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, form, **({"exif": exif} if exif else {}))
    return out.getvalue()


def taken_here() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was held upright
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = "2026:11:22 07:05:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (10.0, 46.0, 30.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (106.0, 42.0, 0.0)
    return exif


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_read_by_what_it_is(form) -> None:
    assert checking.read(photo(form)).media_type == checking.FORMATS[form]


def test_where_and_when_are_told_and_then_gone() -> None:
    read = checking.read(photo(exif=taken_here()))
    assert read.taken.position == pytest.approx((106.7, 10.775))
    assert read.taken.at is not None
    assert read.taken.at.astimezone(UTC) == datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
    assert read.image.size == (40, 60)  # turned
    for data in variants(read.image).values():
        with Image.open(io.BytesIO(data)) as written:
            assert not written.getexif()
            assert "exif" not in written.info
        assert b"Exif" not in data


@pytest.mark.parametrize("bad", [(0.0, 0.0, 0.0), (float("nan"), 0.0, 0.0), (91.0, 0.0, 0.0)])
def test_an_impossible_place_is_no_place(bad) -> None:
    gps = {ExifTags.GPS.GPSLatitude: bad, ExifTags.GPS.GPSLongitude: (0.0, 0.0, 0.0)}
    assert checking._position(gps) is None


def test_what_is_no_photo_is_refused() -> None:
    for data in (
        b"",
        b"GIF89a" + bytes(20),
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff" + bytes(50),
        photo()[:200],
    ):
        with pytest.raises(BadInput):
            checking.read(data)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    with pytest.raises(TooLarge):
        checking.read(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + bytes(4))
    with pytest.raises(TooLarge):
        checking.read(photo(size=(300, 300)), pixels_most=10_000)
    with pytest.raises(TooLarge):
        checking.read(photo(), bytes_most=100)


def test_what_is_transparent_becomes_white() -> None:
    read = checking.read(photo("PNG", mode="RGBA"))
    assert read.image.getpixel((59, 39)) == (255, 255, 255)


def test_variants_are_not_larger_than_the_photo() -> None:
    sizes = {}
    for name, data in variants(Image.new("RGB", (1500, 500))).items():
        with Image.open(io.BytesIO(data)) as each:
            sizes[name] = each.size
    assert sizes == {"full": (1500, 500), "screen": (1024, 341), "thumbnail": (320, 107)}


class Finder:
    key = "test"

    def __init__(self, *found: Found, there: bool = True, broken: bool = False) -> None:
        self.found, self.there, self.broken = found, there, broken

    def available(self) -> bool:
        return self.there

    def find(self, image: Image.Image) -> tuple[Found, ...]:
        if self.broken:
            raise RuntimeError
        return self.found


FACE = Found("face", 10, 10, 20, 20)


def test_what_is_found_is_hidden_and_the_rest_stays() -> None:
    image = Image.effect_noise((80, 80), 100).convert("RGB")
    shown = hide(image, [FACE])
    assert shown.getpixel((70, 70)) == image.getpixel((70, 70))
    inside = [shown.getpixel((x, y))[0] for x in range(12, 28) for y in range(12, 28)]
    before = [image.getpixel((x, y))[0] for x in range(12, 28) for y in range(12, 28)]
    assert max(inside) - min(inside) < (max(before) - min(before)) / 3
    answer = publicise(image, detector=Finder(FACE))
    assert isinstance(answer, PublicImage)
    assert answer.hidden == (FACE,)


@pytest.mark.parametrize(
    ("finder", "public", "reason"),
    [
        (Finder(there=False), True, "no-detector"),
        (Finder(broken=True), True, "detector-failed"),
        (Finder(*[FACE] * 41), True, "too-many"),
        (Finder(), False, "not-public"),
    ],
)
def test_otherwise_it_stays_private_with_a_reason(finder, public, reason) -> None:
    answer = publicise(Image.new("RGB", (50, 50)), public=public, detector=finder)
    assert isinstance(answer, Private)
    assert answer.reason == reason
    assert answer.text["vi"] != answer.text["en"]


def test_a_citys_own_detector_comes_first(monkeypatch) -> None:
    monkeypatch.setattr(registry, "_detectors", [HaarDetector()])
    own = Finder()
    registry.register(own)
    assert registry.detector() is own


def test_the_cascades_look_at_a_photo_where_opencv_is() -> None:
    pytest.importorskip("cv2")
    if not HaarDetector().available():
        pytest.skip("OpenCV without cascades")
    assert list(HaarDetector().find(Image.new("RGB", (200, 200), "grey"))) == []
