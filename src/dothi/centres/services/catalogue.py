"""The procedures people can ask for: found by words with or without diacritics, by life event, by who one is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz, process

from dothi.core.calendar.allowance import Allowance
from dothi.core.errors import NotFound, Text, both
from dothi.core.text import collation_key, fold
from dothi.kernel.cases import procedures as cases
from dothi.kernel.cases.definitions import LOOK_EVERY_S
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.procedures import Procedure

KIND: Final = "dossier"
LIFE_EVENTS: Final = "life-events"
SECTORS: Final = "service-sectors"
LIKE_ENOUGH: Final = 78


@dataclass(frozen=True, slots=True)
class Entry:
    """A procedure as a person chooses one."""

    procedure: Procedure
    words: str  # folded: title, description, life events, documents
    title: str  # folded

    @property
    def key(self) -> str:
        return self.procedure.key

    def time(self, language: str) -> str:
        """How long it takes by law: the statutory clock's allowance, in words."""
        clock = self.procedure.clocks.get("statutory") or next(iter(self.procedure.clocks.values()), None)
        return "" if clock is None else allowance(clock.allowance, language)


def allowance(text: str, language: str) -> str:
    """``15 working days`` in words of the language."""
    return Allowance.parse(text).text(language)


_made: list[tuple[tuple[object, str], tuple[Entry, ...]]] = []
_looked: list[tuple[float, str]] = []


def entries() -> tuple[Entry, ...]:
    """Every published procedure that people ask for, of packs and of the designer, by their Vietnamese names.

    What is published is looked up every few seconds (one short question); the declarations are read when it changed.
    """
    now = time.monotonic()
    if not _looked or now - _looked[0][0] > LOOK_EVERY_S:
        _looked[:] = [(now, cases.published_state())]
    stands = packs.packs(), _looked[0][1]
    if not _made or _made[0][0] != stands:
        found = [each for each in cases.all_published() if each.kind == KIND]
        events = labels(LIFE_EVENTS)
        ordered = sorted(found, key=lambda each: collation_key(each.label.vi))
        _made[:] = [(stands, tuple(_entry(each, events) for each in ordered))]
    return _made[0][1]


def look_again() -> None:
    """Look up at the next question what is published."""
    _looked.clear()


def _entry(procedure: Procedure, events: Mapping[str, Text]) -> Entry:
    texts = [procedure.label.vi, procedure.label.en, procedure.code or ""]
    if procedure.description:
        texts += [procedure.description.vi, procedure.description.en]
    texts += [text for key in procedure.life_events if key in events for text in events[key].values()]
    texts += [document.label.vi for document in procedure.documents]
    return Entry(procedure, fold(" · ".join(texts)), fold(f"{procedure.label.vi} · {procedure.label.en}"))


def labels(vocabulary: str) -> dict[str, Text]:
    """The values of a code list with their names."""
    codes = packs.vocabulary(vocabulary)
    return {each.value: both(each.label.vi, each.label.en) for each in codes.codes} if codes else {}


def entry(key: str) -> Entry:
    """One procedure; raises :class:`NotFound`."""
    found = next((each for each in entries() if each.key == key), None)
    if found is None:
        raise NotFound(both("Không có thủ tục này.", "There is no such procedure."))
    return found


def find(
    text: str = "", *, life_event: str = "", audience: str = "", sector: str = "", limit: int = 50
) -> list[Entry]:
    """What fits, the best first: all words in the title, then all words anywhere, then words nearly so (typing errors)."""
    chosen = [
        each
        for each in entries()
        if (not life_event or life_event in each.procedure.life_events)
        and (not audience or audience in each.procedure.audience)
        and (not sector or sector == each.procedure.sector)
    ]
    words = fold(text).split()
    if not words:
        return chosen[:limit]
    whole = _ranked(chosen, words)
    return whole[:limit] if whole else _nearly(chosen, " ".join(words))[:limit]


def _ranked(chosen: Iterable[Entry], words: list[str]) -> list[Entry]:
    scored = []
    for each in chosen:
        in_title = sum(word in each.title for word in words)
        if all(word in each.words for word in words):
            scored.append((-in_title, each))
    return [each for _, each in sorted(scored, key=lambda pair: pair[0])]


def _nearly(chosen: list[Entry], asked: str) -> list[Entry]:
    found = process.extract(
        asked,
        [each.title for each in chosen],
        scorer=fuzz.partial_token_set_ratio if len(asked) < 4 else fuzz.WRatio,
        score_cutoff=LIKE_ENOUGH,
    )
    return [chosen[index] for _, _, index in found]


def counts(field: str) -> dict[str, int]:
    """How many procedures there are by life event, audience or sector."""
    made: dict[str, int] = {}
    for each in entries():
        value: Any = {
            "life_event": each.procedure.life_events,
            "audience": each.procedure.audience,
            "sector": (each.procedure.sector,),
        }[field]
        for one in value:
            made[one] = made.get(one, 0) + 1
    return made
