"""What somebody asks of a list of cases, and where a page of it ended."""

from __future__ import annotations

import base64
import binascii
from typing import Final, Literal

import msgspec
from msgspec import Struct

from dothi.core.errors import BadInput, both

OPEN_PHASES: Final = ("open", "waiting")
Order = Literal["due", "opened", "changed"]
Box = tuple[float, float, float, float]


class Filter(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A list of cases. Empty fields do not narrow; without ``phases`` it is the open ones, ``done`` is asked for.

    Open cases come by due time (``due``, the earliest first), ``opened`` or ``changed`` (the latest first); lists
    with closed ones always come by ``opened``. Times are microseconds since 1970, the box west, south, east, north.
    """

    kinds: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    phases: tuple[str, ...] = OPEN_PHASES
    unit: str = ""
    organisation: str = ""
    assignee: str = ""  # a reference, or "nobody"
    applicant: str = ""
    channel: str = ""
    due_before: int | None = None
    late: bool | None = None
    text: str = ""
    box: Box | None = None
    opened_from: int | None = None
    opened_to: int | None = None
    priority: int | None = None  # at least
    order: Order = "due"

    @property
    def open_only(self) -> bool:
        """Whether closed cases are left out."""
        return bool(self.phases) and "done" not in self.phases

    @property
    def by(self) -> Order:
        """The order it comes in."""
        return self.order if self.open_only else "opened"


def write(order: Order, value: int, num: int) -> str:
    """The cursor behind a case."""
    return base64.urlsafe_b64encode(msgspec.json.encode([order, value, num])).decode().rstrip("=")


def read(text: str, order: Order) -> tuple[int, int] | None:
    """The place a cursor names; raises :class:`BadInput` for one of another order, or none at all."""
    if not text:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        kind, value, num = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=tuple[str, int, int])
    except (binascii.Error, ValueError) as error:
        raise _wrong() from error
    if kind != order or not (-(1 << 63) <= value < 1 << 63 and 0 <= num < 1 << 63):
        raise _wrong()
    return value, num


def _wrong() -> BadInput:
    return BadInput(
        both("Giá trị after không phải do danh sách này trả về.", "'after' was not given by this list."),
        where="after",
    )
