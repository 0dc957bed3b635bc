"""A procedure's draft from a BPMN file: what the stated subset covers, and a list of what was not understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from dothi.core.errors import both
from dothi.core.feel import ANY
from dothi.core.text import fold
from dothi.kernel.cases.engine.bpmn.reading import ACTIVITIES, Arrow, BadBpmn, Picture, Shape, read
from dothi.kernel.cases.engine.expressions import FeelError, condition
from dothi.kernel.packs.procedures import Procedure

_ISO: Final = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_FOREIGN: Final = dict.fromkeys(("data", "facts", "case", "input"), ANY)
_ACTION: Final = re.compile(r'action\s*=\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Draft:
    """What became of a file: a procedure to be finished, and what it does not carry over."""

    procedure: Procedure
    not_understood: tuple[dict[str, str], ...]


def import_bpmn(xml: str) -> Draft:
    """The draft of a procedure; raises :class:`BadBpmn` where no procedure can be made of the file."""
    picture = read(xml)
    drafting = _Drafting(picture)
    body = drafting.procedure()
    try:
        procedure = msgspec.convert(body, Procedure)
    except msgspec.ValidationError as error:
        raise BadBpmn(
            both(f"Không dựng được thủ tục: {error}", f"No procedure can be made: {error}")
        ) from error
    return Draft(procedure, tuple(picture.not_understood))


def slug(text: str) -> str:
    """A key from a name: ``Tiếp nhận hồ sơ`` → ``tiep-nhan-ho-so``."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:48].strip("-")
    return words if words[:1].isalpha() else f"n-{words}" if words else "n"


def label(text: str) -> dict[str, str]:
    """A name of a file in one language stands for both until somebody writes the other."""
    return {"vi": text, "en": text}


class _Drafting:
    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.keys: dict[str, str] = {}  # shape → state
        self.roles: dict[str, str] = {}
        self.states: dict[str, dict[str, Any]] = {}

    def procedure(self) -> dict[str, Any]:
        picture = self.picture
        shapes = [each for each in picture.shapes.values() if each.parent is None]
        forks = {
            each.id for each in shapes if each.tag == "parallelGateway" and len(picture.out(each.id)) > 1
        }
        beside = {arrow.target for fork in forks for arrow in picture.out(fork)}
        for shape in shapes:
            if shape.tag == "subProcess" or shape.id in forks:
                self.named(shape, "work")
            elif (shape.tag in ACTIVITIES and shape.id not in beside) or (
                shape.tag == "endEvent" and (shape.carries or not self.inner_end(shape))
            ):
                self.named(shape, shape.tag)
        for shape in list(shapes):
            if shape.id in self.keys:
                self.states[self.keys[shape.id]] = self.state(shape)
        return self.whole()

    def inner_end(self, shape: Shape) -> bool:
        """Whether an end only closes a drawing of ours (a done state that can be reopened, a staying action)."""
        return bool(self.picture.carries) and shape.id.startswith(("end_", "stays_"))

    def named(self, shape: Shape, fallback: str) -> None:
        wanted = str(shape.carries.get("state") or slug(shape.name or fallback))
        key, count = wanted, 2
        while key in self.keys.values():
            key, count = f"{wanted}-{count}", count + 1
        self.keys[shape.id] = key

    def whole(self) -> dict[str, Any]:
        picture = self.picture
        starts = [
            each for each in picture.shapes.values() if each.tag == "startEvent" and each.parent is None
        ]
        first = (
            self.target(picture.out(starts[0].id)[0].target) if starts and picture.out(starts[0].id) else None
        )
        if first is None:
            raise BadBpmn(both("Không thấy điểm bắt đầu.", "There is no start that leads to a task."))
        if picture.carries:
            return {**picture.carries, "states": self.states}
        roles = {key: {"label": label(name)} for name, key in self.roles.items()}
        return {
            "key": slug(picture.name or picture.key),
            "kind": "dossier",
            "label": label(picture.name or picture.key),
            "version": 1,
            "sector": "imported",
            "roles": {"officer": {"label": {"vi": "Cán bộ", "en": "Officer"}}, **roles},
            "start": {"state": first},
            "states": self.states,
        }

    def target(self, shape: str) -> str | None:
        """The state a shape is, or leads to without a choice."""
        for _ in range(20):
            if shape in self.keys:
                return self.keys[shape]
            found = self.picture.shapes.get(shape)
            arrows = self.picture.out(shape)
            if found is None or not arrows or found.tag not in ("exclusiveGateway", "parallelGateway"):
                return None
            straight = next((each for each in arrows if each.id == found.default), None)
            if straight is None and len(arrows) > 1:
                return None
            shape = (straight or arrows[0]).target
        return None

    def state(self, shape: Shape) -> dict[str, Any]:
        declared = dict(shape.carries.get("declared") or {"label": label(shape.name or self.keys[shape.id])})
        actions: dict[str, Any] = {}
        if shape.tag == "endEvent":
            declared.setdefault("phase", "done")
            declared.setdefault("outcome", slug(shape.name or "done"))
        elif shape.tag == "parallelGateway":
            self.beside(shape, declared, actions)
        else:
            for arrow in self.picture.out(shape.id):
                self.arrow(shape, arrow, actions)
        self.border(shape, declared, actions)
        return {**declared, "actions": actions}

    def arrow(self, shape: Shape, arrow: Arrow, actions: dict[str, Any], guard: str | None = None) -> None:
        """One way on from a state, through gateways where there are."""
        carried = arrow.carries.get("action")
        target = self.picture.shapes.get(arrow.target)
        if target is not None and target.tag == "exclusiveGateway" and carried is None:
            for each in self.picture.out(target.id):
                inner = self.picture.shapes.get(each.target)
                if inner is not None and self.inner_end(inner) and not each.carries:
                    continue
                self.arrow(shape, each, actions, each.condition)
            return
        if carried is not None:
            actions[str(carried)] = dict(arrow.carries.get("declared") or {})
            return
        to = self.target(arrow.target)
        if to is None:
            self.missed(arrow, "leads to nothing that is read")
            return
        name = arrow.name or self.states.get(to, {}).get("label", {}).get("vi") or to
        action: dict[str, Any] = {"label": label(name), "to": to, "role": self.role(shape)}
        self.guarded(arrow, action, guard)
        actions[self.free(actions, slug(name))] = action

    def guarded(self, arrow: Arrow, action: dict[str, Any], guard: str | None) -> None:
        text = arrow.condition or guard
        if text is None or _ACTION.fullmatch(text):
            return
        try:
            condition(text, _FOREIGN)
        except FeelError:
            self.missed(arrow, f"the condition is not FEEL: {text}")
            return
        action["guard"] = text

    def free(self, actions: dict[str, Any], wanted: str) -> str:
        key, count = wanted, 2
        while key in actions:
            key, count = f"{wanted}-{count}", count + 1
        return key

    def role(self, shape: Shape) -> str:
        if shape.lane is None:
            return "officer"
        return self.roles.setdefault(shape.lane, slug(shape.lane))

    def border(self, shape: Shape, declared: dict[str, Any], actions: dict[str, Any]) -> None:
        """Events at the border: signals are further actions, timers do one after a time."""
        timers: list[dict[str, Any]] = list(declared.get("timers", ()))
        ours = "declared" in shape.carries
        for event in self.picture.shapes.values():
            if event.attached != shape.id:
                continue
            before = set(actions)
            for arrow in self.picture.out(event.id):
                if event.timer is None or not ours:
                    self.arrow(shape, arrow, actions)
            new = [key for key in actions if key not in before]
            if event.timer is not None and not ours:
                self.timed(event, new, actions, timers)
        if timers:
            declared["timers"] = timers

    def timed(
        self, event: Shape, new: list[str], actions: dict[str, Any], timers: list[dict[str, Any]]
    ) -> None:
        after = allowance(event.timer or "")
        if after is None or not new:
            self.picture.not_understood.append(
                {
                    "element": event.tag,
                    "id": event.id,
                    "name": event.name,
                    "why": f"timer {event.timer} is not read",
                }
            )
            return
        for key in new:
            if "declared" not in event.carries:
                actions[key]["role"] = "system"
            timers.append({"after": after, "do": key})

    def beside(self, fork: Shape, declared: dict[str, Any], actions: dict[str, Any]) -> None:
        """Tasks between a fork and its join become the work of one state."""
        picture = self.picture
        tasks = [picture.shapes[arrow.target] for arrow in picture.out(fork.id)]
        ends = {arrow.target for task in tasks for arrow in picture.out(task.id)}
        join = picture.shapes.get(next(iter(ends))) if len(ends) == 1 else None
        if join is None or join.tag != "parallelGateway" or any(each.tag not in ACTIVITIES for each in tasks):
            picture.not_understood.append(
                {"element": fork.tag, "id": fork.id, "name": fork.name, "why": "fork without its own join"}
            )
            return
        items = [
            {"key": slug(each.name or each.id), "label": label(each.name or each.id), "role": self.role(each)}
            for each in tasks
        ]
        for arrow in picture.out(join.id):
            self.arrow(fork, arrow, actions)
        if actions:
            declared["tasks"] = {"items": items, "then": next(iter(actions))}
            actions[next(iter(actions))]["role"] = "system"

    def missed(self, arrow: Arrow, why: str) -> None:
        self.picture.not_understood.append(
            {"element": "sequenceFlow", "id": arrow.id, "name": arrow.name, "why": why}
        )


def allowance(iso: str) -> str | None:
    """An ISO 8601 period as an allowance; None where it has several parts or none."""
    found = _ISO.fullmatch(iso)
    parts = [each for each in found.groups() if each] if found else []
    if found is None or len(parts) != 1:
        return None
    weeks, days, hours, minutes = found.groups()
    if weeks or days:
        count = int(weeks) * 7 if weeks else int(days)
        return f"{count} days"
    return f"{int(hours)} hours" if hours else f"{int(minutes)} minutes"
