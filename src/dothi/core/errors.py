"""One hierarchy of errors a person may see, and their form on the wire (RFC 9457 problem details)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

Text = Mapping[str, str]
"""A text in both languages: ``{"vi": …, "en": …}``."""

PREFIX = "urn:dothi:problem:"


def both(vi: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"vi": vi, "en": en}


class DothiError(Exception):
    """Something a person is told: what kind of error, its HTTP status, and what to do next.

    ``detail`` is a text in both languages (:func:`both`) or one plain string used for both. ``where`` is the
    path of the wrong part of the input (``"attributes.pm25.value"``). Further keywords become members of the
    problem document (``retry_after=3``).
    """

    kind: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[Text] = both("Lỗi hệ thống", "Internal error")

    def __init__(self, detail: str | Text = "", *, where: str | None = None, **members: Any) -> None:
        self.detail: dict[str, str] = both(detail, detail) if isinstance(detail, str) else dict(detail)
        self.where = where
        self.members = members
        super().__init__(self.detail.get("en") or self.title["en"])

    def text(self, language: str = "vi") -> str:
        """What to show a person in ``language``: the detail, else the title."""
        detail = self.detail.get(language) or self.detail.get("en")
        return detail or self.title.get(language, self.title["en"])


class BadInput(DothiError):
    """The request cannot be understood or breaks a rule; ``where`` says which part of it."""

    kind, status = "bad-input", 400
    title = both("Dữ liệu không hợp lệ", "Invalid input")


class Unauthenticated(DothiError):
    """Nobody is signed in, or the credential is wrong or has expired."""

    kind, status = "unauthenticated", 401
    title = both("Cần đăng nhập", "Sign-in required")


class Forbidden(DothiError):
    """Signed in, but without the permission this needs."""

    kind, status = "forbidden", 403
    title = both("Không có quyền", "Not permitted")


class NotFound(DothiError):
    """There is no such thing, or it may not be seen."""

    kind, status = "not-found", 404
    title = both("Không tìm thấy", "Not found")


class Conflict(DothiError):
    """What is there does not allow this change (it exists already, or somebody changed it first)."""

    kind, status = "conflict", 409
    title = both("Xung đột dữ liệu", "Conflict")


class Gone(DothiError):
    """It was there and is no longer."""

    kind, status = "gone", 410
    title = both("Không còn tồn tại", "No longer there")


class TooLarge(DothiError):
    """More than is taken in one request."""

    kind, status = "too-large", 413
    title = both("Yêu cầu quá lớn", "Too large")


class Unsupported(DothiError):
    """A media type or form of data that is not understood here."""

    kind, status = "unsupported", 415
    title = both("Định dạng không được hỗ trợ", "Unsupported format")


class TooMany(DothiError):
    """Too many requests; ``retry_after`` (seconds) says when to try again."""

    kind, status = "too-many", 429
    title = both("Quá nhiều yêu cầu", "Too many requests")


class Unavailable(DothiError):
    """A part of the platform cannot be reached now; trying again later may succeed."""

    kind, status = "unavailable", 503
    title = both("Tạm thời không phục vụ được", "Temporarily unavailable")


def problem(error: BaseException, instance: str | None = None, language: str = "vi") -> dict[str, Any]:
    """The RFC 9457 document of ``error`` in ``language``.

    An error that is not ours tells nothing of its inside: its text may hold data nobody should read.
    """
    known = error if isinstance(error, DothiError) else DothiError()
    document: dict[str, Any] = {
        "type": PREFIX + known.kind,
        "title": known.title.get(language, known.title["en"]),
        "status": known.status,
    }
    if any(known.detail.values()):
        document["detail"] = known.text(language)
    if instance is not None:
        document["instance"] = instance
    if known.where is not None:
        document["where"] = known.where
    return document | {key: value for key, value in known.members.items() if key not in document}
