"""Where the work at hand was asked from: the address and the program, for the audit. No Django here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The network address and user agent of a request; both empty for work the platform does by itself."""

    address: str = ""
    agent: str = ""


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("dothi_origin", default=_NOWHERE)


def origin() -> Origin:
    """The origin of the request being served in this thread or task."""
    return _origin.get()


@contextmanager
def from_origin(given: Origin) -> Iterator[None]:
    """Do the block's work on behalf of ``given``."""
    token = _origin.set(given)
    try:
        yield
    finally:
        _origin.reset(token)
