"""Regular expressions from outside, matched in linear time (RE2), so that no pattern can stop the service."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import re2

from dothi.kernel.context.ld.errors import BadRequestData, TooComplexQuery

MAX_LENGTH = 1024
MAX_MEMORY = 1 << 20


def compile_pattern(text: str, where: str) -> Callable[[str], bool]:
    """A test for texts that contain a match of ``text``; anchor it with ^ and $ to match whole texts."""
    if len(text) > MAX_LENGTH:
        raise TooComplexQuery(
            f"the pattern has {len(text)} characters, {MAX_LENGTH} are allowed", where=where
        )
    return _compiled(text, where)


@lru_cache(maxsize=256)
def _compiled(text: str, where: str) -> Callable[[str], bool]:
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    try:
        search = re2.compile(text, options).search
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        failure = TooComplexQuery if "too large" in reason or "repetition size" in reason else BadRequestData
        raise failure(f"{text!r} is not a usable regular expression: {reason}", where=where) from None
    return lambda value: search(value) is not None
