"""What a listener asks for in the query of its request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from dothi.core.errors import BadInput, both
from dothi.kernel.events.log import Event, type_matches

_KNOWN = frozenset({"log", "type", "entityType", "id", "after", "ticket"})
_MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A log, filters on its events (empty: all), and the position to go on from."""

    log: str
    types: tuple[str, ...] = ()
    entity_types: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    after: str | None = None

    def wants(self, event: Event) -> bool:
        """Whether the event passes all filters."""
        if self.types and not type_matches(self.types, event.type):
            return False
        if self.ids and event.data.get("id", event.subject) not in self.ids:
            return False
        return not self.entity_types or not self.entity_types.isdisjoint(_entity_types(event))


def _entity_types(event: Event) -> Sequence[str]:
    found = event.data.get("type", ())
    return [found] if isinstance(found, str) else found


def asked(query: bytes, last_event_id: str | None) -> Asked:
    """The request's wishes. The id of the last event seen wins over ``after``: it is the newer one."""
    try:
        values = parse_qs(query.decode("utf-8"), max_num_fields=_MOST_VALUES)
    except (ValueError, UnicodeDecodeError):
        raise BadInput(both("Tham số không hợp lệ.", "The query cannot be read."), where="query") from None
    for name in values:
        if name not in _KNOWN:
            raise BadInput(both(f"Tham số lạ “{name}”.", f"Unknown parameter '{name}'."), where=name)
    after = last_event_id or values.get("after", [None])[0]
    return Asked(
        log=values.get("log", ["context"])[0],
        types=tuple(_split(values.get("type", []))),
        entity_types=frozenset(_split(values.get("entityType", []))),
        ids=frozenset(_split(values.get("id", []))),
        after=after or None,
    )


def _split(values: Sequence[str]) -> list[str]:
    return [part for value in values for part in value.split(",") if part]
