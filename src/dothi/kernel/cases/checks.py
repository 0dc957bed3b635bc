"""Whether a file is what it says: its first bytes, its ending and its content must agree. No database here."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import filetype  # type: ignore[import-untyped]

from dothi.core.errors import BadInput, both

ENDINGS: Final[dict[str, str]] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "dwg": "image/vnd.dwg",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
    "xml": "text/xml",
    "json": "application/json",
}
_SAME: Final = {"image/jpg": "image/jpeg", "image/x-dwg": "image/vnd.dwg", "image/heif": "image/heic"}
_TEXTS: Final = frozenset({"text/plain", "text/csv", "text/xml", "application/json"})
PIXELS: Final = 100_000_000
PAGES: Final = 5_000
_HEAD: Final = 8192
CLAMD_PIECE: Final = 1 << 20


class WrongFile(BadInput):
    """The file is not one that is taken here."""

    kind, status = "wrong-file", 422
    title = both("Tệp không hợp lệ", "The file is not taken")


def media_type(file: BinaryIO, name: str, accept: Sequence[str]) -> str:
    """The media type of a file that may be taken; raises :class:`WrongFile` with what is wrong with it."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    allowed = {each.lower() for each in accept}
    if ending == "jpeg" and "jpg" in allowed:
        allowed.add("jpeg")
    if ending not in allowed or ending not in ENDINGS:
        words = ", ".join(sorted(allowed))
        raise WrongFile(both(f"Chỉ nhận tệp {words}.", f"Only {words} files are taken."), where="name")
    expected = ENDINGS[ending]
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise WrongFile(both("Tệp rỗng.", "The file is empty."), where="file")
    if expected in _TEXTS:
        _text(head)
        return expected
    guessed = filetype.guess_mime(head)
    if _SAME.get(guessed or "", guessed) != expected:
        raise WrongFile(
            both(
                f"Nội dung tệp không phải {ending.upper()}.",
                f"The content of the file is not {ending.upper()}.",
            ),
            where="file",
        )
    decode = _DECODERS.get(expected)
    if decode is not None:
        _decoded(decode, file, ending)
    return expected


def _text(head: bytes) -> None:
    if b"\0" in head:
        raise WrongFile(both("Tệp không phải văn bản.", "The file is not text."), where="file")


def _decoded(decode: Callable[[BinaryIO], None], file: BinaryIO, ending: str) -> None:
    file.seek(0)
    try:
        decode(file)
    except WrongFile:
        raise
    except Exception as error:  # whatever a broken file makes a library raise
        raise WrongFile(
            both(f"Không mở được tệp {ending.upper()} này.", f"This {ending.upper()} file cannot be opened."),
            where="file",
        ) from error
    finally:
        file.seek(0)


def _pdf(file: BinaryIO) -> None:
    from pypdf import PdfReader  # a tenth of a second, only where documents are taken

    reader = PdfReader(file, strict=False)
    if reader.is_encrypted:
        raise WrongFile(
            both("Tệp PDF có mật khẩu; hãy bỏ mật khẩu.", "The PDF has a password; take it off."),
            where="file",
        )
    if not 0 < len(reader.pages) <= PAGES:
        raise WrongFile(both("Tệp PDF không có trang.", "The PDF has no pages."), where="file")


def _image(file: BinaryIO) -> None:
    from PIL import Image

    with Image.open(file) as image:
        if image.width * image.height > PIXELS:
            raise WrongFile(both("Ảnh quá lớn.", "The picture is too large."), where="file")
        image.verify()


_DECODERS: Final[dict[str, Callable[[BinaryIO], None]]] = {
    "application/pdf": _pdf,
    **dict.fromkeys(("image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff"), _image),
}


class ScannerAway(Exception):
    """The virus scanner cannot be reached: the file stays in quarantine."""


def scan(file: BinaryIO, url: str, *, timeout_s: float = 30.0) -> str | None:
    """What ClamAV (``INSTREAM`` of clamd) found in the file; None: nothing. Raises :class:`ScannerAway`."""
    file.seek(0)
    try:
        with _connected(url, timeout_s) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            while piece := file.read(CLAMD_PIECE):
                clamd.sendall(len(piece).to_bytes(4, "big") + piece)
            clamd.sendall(b"\0\0\0\0")
            answer = b""
            while not answer.endswith(b"\0") and (more := clamd.recv(4096)):
                answer += more
    except OSError as error:
        raise ScannerAway(str(error)) from error
    text = answer.rstrip(b"\0").decode(errors="replace").removeprefix("stream: ")
    if text == "OK":
        return None
    if text.endswith(" FOUND"):
        return text.removesuffix(" FOUND")
    raise ScannerAway(text)


def _connected(url: str, timeout_s: float) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(timeout_s)
        made.connect(parts.path)
        return made
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=timeout_s)
