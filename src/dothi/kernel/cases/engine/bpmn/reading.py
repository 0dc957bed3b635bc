"""BPMN 2.0 XML as shapes and arrows, with what is not understood kept aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, fromstring

import msgspec

from dothi.core.errors import BadInput, both
from dothi.kernel.cases.engine.bpmn.writing import BPMN, DOTHI

MOST: Final = 5_000_000
ACTIVITIES: Final = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
    }
)
_SHAPES: Final = ACTIVITIES | {
    "startEvent",
    "endEvent",
    "exclusiveGateway",
    "parallelGateway",
    "subProcess",
    "boundaryEvent",
}
_SILENT: Final = frozenset(
    {"extensionElements", "incoming", "outgoing", "documentation", "laneSet", "sequenceFlow"}
)
_PLAIN: Final = frozenset({"task", "userTask", "manualTask"})


class BadBpmn(BadInput):
    """A file that is not BPMN 2.0 that can be read."""

    kind = "bad-bpmn"
    title = both("Không đọc được BPMN", "BPMN cannot be read")


@dataclass(slots=True)
class Shape:
    """One element of the process."""

    id: str
    tag: str
    name: str
    parent: str | None = None
    attached: str | None = None
    interrupting: bool = True
    default: str | None = None
    timer: str | None = None
    lane: str | None = None
    carries: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Arrow:
    """One sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    carries: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Picture:
    """What a file holds."""

    key: str
    name: str
    shapes: dict[str, Shape] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    carries: dict[str, Any] = field(default_factory=dict)
    not_understood: list[dict[str, str]] = field(default_factory=list)

    def out(self, shape: str) -> list[Arrow]:
        """The arrows that leave a shape."""
        return [each for each in self.arrows if each.source == shape]


def read(xml: str) -> Picture:
    """The first process in ``xml``; raises :class:`BadBpmn`."""
    if len(xml) > MOST:
        raise BadBpmn(both("Tệp quá lớn.", "The file is too large."))
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise BadBpmn(both("Tệp có DOCTYPE, không đọc.", "The file has a DOCTYPE; it is not read."))
    try:
        root = fromstring(xml.encode())  # noqa: S314 - no DOCTYPE, so no entities
    except (ParseError, ValueError) as error:
        raise BadBpmn(both(f"Không phải XML: {error}", f"This is not XML: {error}")) from error
    processes = root.findall(f"{{{BPMN}}}process")
    if not processes:
        raise BadBpmn(both("Không có quy trình nào trong tệp.", "There is no process in the file."))
    process = processes[0]
    picture = Picture(process.get("id", "process"), process.get("name", ""), carries=_carried(process))
    for other in processes[1:]:
        picture.not_understood.append(_said(other, "only the first process is read"))
    for extra in root:
        if _tag(extra) in ("collaboration", "choreography") and extra.findall(f"{{{BPMN}}}messageFlow"):
            picture.not_understood.append(_said(extra, "message flows between pools are not read"))
    _elements(picture, process, None)
    _lanes(picture, process)
    return picture


def _tag(element: Element) -> str:
    return element.tag.removeprefix(f"{{{BPMN}}}")


def _said(element: Element, why: str) -> dict[str, str]:
    return {
        "element": _tag(element),
        "id": element.get("id", ""),
        "name": element.get("name", ""),
        "why": why,
    }


def _carried(element: Element) -> dict[str, Any]:
    for body in element.iterfind(f"{{{BPMN}}}extensionElements/*"):
        if body.tag.startswith(f"{{{DOTHI}}}") and body.text:
            try:
                found = msgspec.json.decode(body.text)
            except msgspec.DecodeError:
                return {}
            return found if isinstance(found, dict) else {}
    return {}


def _elements(picture: Picture, element: Element, parent: str | None) -> None:
    for child in element:
        tag = _tag(child)
        if tag == "sequenceFlow":
            _arrow(picture, child)
        elif tag in _SHAPES:
            _shape(picture, child, tag, parent)
        elif tag not in _SILENT and child.tag.startswith(f"{{{BPMN}}}"):
            picture.not_understood.append(_said(child, "this kind of element is not read"))


def _arrow(picture: Picture, element: Element) -> None:
    condition = element.find(f"{{{BPMN}}}conditionExpression")
    text = (condition.text or "").strip() if condition is not None else ""
    picture.arrows.append(
        Arrow(
            element.get("id", ""),
            element.get("sourceRef", ""),
            element.get("targetRef", ""),
            element.get("name", ""),
            text or None,
            _carried(element),
        )
    )


def _shape(picture: Picture, element: Element, tag: str, parent: str | None) -> None:
    duration = element.find(f"{{{BPMN}}}timerEventDefinition/{{{BPMN}}}timeDuration")
    shape = Shape(
        element.get("id", ""),
        tag,
        " ".join(element.get("name", "").split()),
        parent,
        element.get("attachedToRef"),
        element.get("cancelActivity", "true") != "false",
        element.get("default"),
        (duration.text or "").strip() if duration is not None else None,
        carries=_carried(element),
    )
    picture.shapes[shape.id] = shape
    if tag in ACTIVITIES - _PLAIN:
        picture.not_understood.append(_said(element, "read as a state; what it does by itself is not"))
    for child in element:
        name = _tag(child)
        if name.endswith("LoopCharacteristics") or (
            name.endswith("EventDefinition") and name not in ("timerEventDefinition", "signalEventDefinition")
        ):
            picture.not_understood.append(_said(element, f"{name} is not read"))
    if tag == "subProcess":
        _elements(picture, element, shape.id)


def _lanes(picture: Picture, process: Element) -> None:
    for lane in process.iterfind(f"{{{BPMN}}}laneSet//{{{BPMN}}}lane"):
        for reference in lane.iterfind(f"{{{BPMN}}}flowNodeRef"):
            shape = picture.shapes.get((reference.text or "").strip())
            if shape is not None:
                shape.lane = lane.get("name") or lane.get("id", "")
