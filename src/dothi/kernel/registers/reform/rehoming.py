"""One record's data with its units and addresses as they are called today, and what has to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dothi.core.clock import HCMC, from_us
from dothi.kernel.directory.source import REFORM
from dothi.kernel.packs.record_types import UNIT
from dothi.kernel.registers.keeping import Stated
from dothi.kernel.registers.reform import addresses, rules
from dothi.kernel.registers.reform.places import Knowledge, unit_at
from dothi.kernel.registers.rules import Segment
from dothi.kernel.registers.types import Kind


@dataclass(slots=True)
class Rehomed:
    """The new data, and the questions that stay open."""

    data: dict[str, Any]
    questions: list[rules.Question] = field(default_factory=list)


class Rehoming:
    """Takes data of one type over. ``old_codes``: the records came with codes of the old order, however late."""

    def __init__(self, kind: Kind, *, old_codes: bool = False) -> None:
        self.kind, self.old_codes = kind, old_codes
        self.known = Knowledge()
        own = kind.declared.unit
        units = [key for key, each in kind.properties.items() if each.link and each.link.register == UNIT]
        self.units = sorted(
            units, key=lambda key: key != own
        )  # the record's own unit first: addresses go by it
        self.written = [key for key, each in kind.properties.items() if each.address]
        self.names = self.known.gazetteer() if self.written else addresses.Gazetteer("")

    @property
    def properties(self) -> list[str]:
        """What a reform may change."""
        return [*self.units, *self.written]

    def take(self, data: Mapping[str, Any], segment: Segment[Stated], answers: Mapping[str, str]) -> Rehomed:
        """``data`` of a segment; ``answers``: property → the unit a person chose."""
        done = Rehomed(dict(data))
        place, sure = unit_at(data.get(self.kind.declared.geometry or ""))
        before = segment.valid_from < REFORM
        said = self.old_codes or from_us(segment.version.recorded_us).astimezone(HCMC).date() < REFORM
        for key in self.units:
            if isinstance(code := data.get(key), str):
                self._unit(done, key, code, rules.order(
                    was=self.known.was(code), is_now=self.known.is_now(code), began_before=before, said_before=said,
                ), (answers.get(key, ""), place if sure else ""), place)  # fmt: skip
        own = str(done.data.get(self.kind.declared.unit or "", ""))
        for key in self.written:
            if isinstance(text := data.get(key), str):
                offers = (
                    answers.get(key, ""),
                    place if sure else "",
                    own if self._settled(done, own) else "",
                )
                self._address(done, key, text, offers, place)
        return done

    def _settled(self, done: Rehomed, own: str) -> bool:
        """Whether the record's own unit is one of today, for certain."""
        asked = {each.property for each in done.questions}
        return self.kind.declared.unit not in asked and self.known.is_now(own)

    def _unit(
        self, done: Rehomed, key: str, code: str, order: rules.Order, offers: tuple[str, ...], place: str
    ) -> None:
        if order == "new":
            return
        if order == "none":
            done.questions.append(rules.Question(key, rules.UNKNOWN, code))
            return
        old = self.known.key(code)
        self._settle(done, key, old, offers, place, lambda chosen: chosen)

    def _address(self, done: Rehomed, key: str, text: str, offers: tuple[str, ...], place: str) -> None:
        found = addresses.read(text, self.names)
        if found is None:
            return
        became = self.known.became(found.ward or found.district)
        if not found.ward and len(became) != 1:
            done.questions.append(rules.Question(key, rules.UNREAD, found.district))
            return
        self._settle(
            done, key, found.ward or found.district, offers, place,
            lambda chosen: addresses.written(found, *self.known.full_name(chosen)),
        )  # fmt: skip

    def _settle(
        self, done: Rehomed, key: str, old: str, offers: tuple[str, ...], place: str, say: Any
    ) -> None:
        became = self.known.became(old)
        chosen = rules.choice(became, *offers)
        if chosen:
            done.data[key] = say(chosen)
            return
        suggested = place if place in became else ""
        why: rules.Why = rules.DIVIDED if became else rules.UNKNOWN
        done.questions.append(rules.Question(key, why, old, became, suggested))
