"""The queue: what is asked for (all of it in the address), and the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from dothi.core.clock import HCMC, from_us, now, now_us, us
from dothi.kernel.cases import procedures as known
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import Actor

NAMES = (
    "q",
    "kind",
    "procedure",
    "unit",
    "organisation",
    "mine",
    "late",
    "when",
    "channel",
    "phase",
    "order",
)
PHASES: Mapping[str, tuple[str, ...]] = {
    "": ("open", "waiting"), "open": ("open",), "waiting": ("waiting",), "done": ("done",), "all": (),
}  # fmt: skip
UNTIL: Mapping[str, int] = {"today": 1, "soon": 4}  # days from midnight: what is due today, in three days
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as its address says it."""

    given: Mapping[str, str]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        return cls({name: query.get(name, "").strip()[:200] for name in NAMES})

    def filter(self, by: Actor) -> Filter:
        """The list as cases are asked for."""
        given = self.given
        when = given["when"]
        phases = PHASES.get(given["phase"], PHASES[""])
        if when:
            phases = ("waiting",) if when == "paused" else ("open",)
        mine = {"me": f"account:{by.account}", "nobody": "nobody"}.get(given["mine"], "")
        return Filter(
            kinds=(given["kind"],) if given["kind"] else (),
            procedures=(given["procedure"],) if given["procedure"] else (),
            phases=phases, unit=given["unit"], organisation=given["organisation"],
            assignee=mine, channel=given["channel"], due_before=_until(when), late=True if given["late"] or when == "late" else False if when in UNTIL else None, text=given["q"],
            order="changed" if given["order"] == "changed" else "opened" if given["order"] == "opened" else "due",
        )  # fmt: skip

    def address(self, **changes: str) -> str:
        """The same list with some of it changed."""
        pairs = {**self.given, **changes}
        return "?" + urlencode({name: value for name, value in pairs.items() if value})

    @classmethod
    def kept(cls, saved: Filter) -> Asked:
        """A saved filter as an address says it."""
        first = {"kind": saved.kinds, "procedure": saved.procedures}
        phase = next((key for key, phases in PHASES.items() if phases == saved.phases), "")
        given = {name: values[0] if values else "" for name, values in first.items()}
        given |= {
            "q": saved.text, "unit": saved.unit, "organisation": saved.organisation, "channel": saved.channel, "phase": phase,
            "mine": "nobody" if saved.assignee == "nobody" else "me" if saved.assignee else "", "late": "1" if saved.late else "",
            "order": saved.order if saved.order != "due" else "",
        }  # fmt: skip
        return cls({name: given.get(name, "") for name in NAMES})


def _until(when: str) -> int | None:
    """The end of today, or of the third day from now, in the city's zone."""
    if when not in UNTIL:
        return None
    day = now().astimezone(HCMC).date() + timedelta(days=UNTIL[when])
    return us(datetime.combine(day, time(), HCMC))


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the queue."""

    code: str
    title: str
    procedure: str
    state: str
    where: str
    assignee: str
    due: datetime | None
    level: str  # normal, warn, alert
    left: str
    simulated: bool


def row(case: CaseView, language: str) -> Row:
    """One case as a line: what it is, where it stands, and how urgent it is."""
    declared = known.of_case(case.procedure, case.version)
    state = declared.states.get(case.state) if declared else None
    due, now = case.due_us, now_us()
    level = "normal"
    if due is not None and case.open:
        level = "alert" if due < now else "warn" if due - now < DAY_US else "normal"
    return Row(
        code=case.code, title=case.title or case.code, procedure=declared.label.text(language) if declared else case.procedure,
        state=state.label.text(language) if state else case.state,
        where=naming.agency(case.organisation, language) if case.organisation else naming.place(case.unit, language),
        assignee=naming.person(case.assignee), due=from_us(due) if due is not None and case.open else None, level=level,
        left=span(due - now, language) if due is not None and case.open else "", simulated=case.simulated,
    )  # fmt: skip


def span(us: int, language: str) -> str:
    """``3 ngày``, ``-2 giờ``: how much time is left, in its largest unit."""
    seconds = abs(us) // 1_000_000
    size, unit = next(
        (pair for pair in ((86_400, "d"), (3_600, "h"), (60, "m")) if seconds >= pair[0]), (60, "m")
    )
    words = {"d": {"vi": "ngày", "en": "d"}, "h": {"vi": "giờ", "en": "h"}, "m": {"vi": "phút", "en": "min"}}
    return f"{'−' if us < 0 else ''}{seconds // size} {words[unit][language]}"


def procedures(language: str, kind: str = "") -> list[tuple[str, str]]:
    """The procedures there are, for a choice."""
    found = [
        (each.key, each.label.text(language))
        for each in known.all_published()
        if not kind or each.kind == kind
    ]
    return sorted(found, key=lambda pair: pair[1])
