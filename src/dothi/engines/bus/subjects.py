"""Subjects and their wildcards, as NATS defines them."""

from __future__ import annotations

import re
from functools import lru_cache

from dothi.engines.bus.base import MessageRefused

_WORD = r"[^\s.*>]+"
_SUBJECT = re.compile(rf"{_WORD}(\.{_WORD})*")
_PATTERN = re.compile(rf"({_WORD}|\*)(\.({_WORD}|\*))*(\.>)?|>")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def check_subject(subject: str) -> str:
    """``subject`` if a message can be published on it; else :class:`MessageRefused`."""
    if not _SUBJECT.fullmatch(subject):
        raise MessageRefused(f"{subject!r} is not a subject: write words joined by dots, without wildcards")
    return subject


def check_pattern(pattern: str) -> str:
    """``pattern`` if it can be subscribed to; else :class:`MessageRefused`."""
    if not _PATTERN.fullmatch(pattern):
        raise MessageRefused(
            f"{pattern!r} is not a subject pattern: words or * joined by dots, > at the end only"
        )
    return pattern


def check_name(name: str) -> str:
    """``name`` if a durable subscription can be called so; else :class:`MessageRefused`."""
    if not _NAME.fullmatch(name):
        raise MessageRefused(f"{name!r} is no name for a durable subscription: use letters, digits, - and _")
    return name


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = [
        r"[^.]+" if part == "*" else r".+" if part == ">" else re.escape(part) for part in pattern.split(".")
    ]
    return re.compile(r"\.".join(parts))


def matches(pattern: str, subject: str) -> bool:
    """Whether a message on ``subject`` reaches a subscriber of ``pattern``."""
    return _compiled(pattern).fullmatch(subject) is not None


def backoff_s(attempt: int) -> float:
    """How long a message rests after its handler failed for the ``attempt``-th time."""
    return float(min(0.1 * 4.0 ** min(attempt - 1, 10), 60.0))
