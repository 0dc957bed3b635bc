"""Where a page ended, as text a client gives back unread."""

from __future__ import annotations

import base64
import binascii

import msgspec

from dothi.core.errors import BadInput, both

Place = tuple[str, int]  # the sort key (empty when ordered by number) and the number of the last record


def write(order: str, num: int, sort: str) -> str:
    """The cursor behind a record. Ordered by number it holds no more than that."""
    place = [num] if order == "num" else [num, sort]
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(text: str, order: str) -> Place | None:
    """The place a cursor names; raises :class:`BadInput` for one of another order or no cursor at all."""
    if not text:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        place = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[int | str])
    except (binascii.Error, ValueError) as error:
        raise _wrong() from error
    match order, place:
        case "num", [int(num)]:
            return "", num
        case "name", [int(num), str(sort)]:
            return sort, num
    raise _wrong()


def _wrong() -> BadInput:
    return BadInput(
        both(
            "Giá trị after không phải do danh sách này trả về.",
            "'after' was not given by this list.",
        ),
        where="after",
    )
