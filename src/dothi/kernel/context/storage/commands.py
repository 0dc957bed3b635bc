"""What is asked of the writer: a pure function of an entity as it is to an entity as it shall be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from dothi.kernel.context.ld.model import Stored
from dothi.kernel.context.storage.delta import Delta, Op


class Outcome(NamedTuple):
    """What a command makes of an entity.

    ``stored`` is the entity afterwards (None: it is not there), ``delta`` what is recorded of the change
    (None:
    nothing changed), ``value`` what the caller is told.
    """

    stored: Stored | None
    delta: Delta | None
    op: Op
    value: Any = None


Apply = Callable[[Stored | None, int], Outcome]
"""Called with the entity (None when it is not there) and the time of the change in µs. May raise
:class:`NgsiLdError`; may be called again with the same arguments."""


class Command(NamedTuple):
    """One change of one entity. ``creates``: the entity need not have been there before."""

    urn: str
    apply: Apply
    creates: bool = False


Result = Any
"""A command's value, or the :class:`NgsiLdError` it was refused with."""
