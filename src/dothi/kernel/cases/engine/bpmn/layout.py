"""Where the shapes and arrows of a graph are drawn: columns by distance from the start, rows in order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from dothi.kernel.cases.engine.bpmn.graph import SIZES, Flow, Graph, Node

COLUMN: Final = 230
ROW: Final = 130
LEFT: Final = 160
TOP: Final = 100


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the drawing."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        """Its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower side."""
        return self.y + self.height


def laid_out(graph: Graph) -> tuple[dict[str, Box], dict[str, list[tuple[int, int]]]]:
    """(boxes by shape, points by arrow)."""
    boxes = _boxes(graph)
    lowest = max((box.bottom for box in boxes.values()), default=0)
    points: dict[str, list[tuple[int, int]]] = {}
    for index, flow in enumerate(graph.flows):
        points[flow.id] = _points(graph, flow, boxes, lowest + 30 + 12 * (index % 12))
    return boxes, points


def _depths(graph: Graph) -> dict[str, int]:
    depths = {"start": 0}
    waiting = deque(["start"])
    attached: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        if node.attached is not None:
            attached.setdefault(node.attached, []).append(node.id)
    while waiting:
        here = waiting.popleft()
        for event in attached.get(here, ()):
            if event not in depths:
                depths[event] = depths[here]
                waiting.append(event)
        for flow in graph.flows:
            if flow.source == here and flow.target not in depths:
                depths[flow.target] = depths[here] + 1
                waiting.append(flow.target)
    return depths


def _boxes(graph: Graph) -> dict[str, Box]:
    depths = _depths(graph)
    outer = [node for node in graph.nodes.values() if node.parent is None and node.attached is None]
    columns: dict[int, list[Node]] = {}
    for node in outer:
        columns.setdefault(depths.get(node.id, 0), []).append(node)
    boxes: dict[str, Box] = {}
    x = LEFT
    for depth in sorted(columns):
        y = TOP
        widest = 0
        for node in columns[depth]:
            width, height = _size(graph, node)
            boxes[node.id] = Box(x, y + max(0, (80 - height) // 2), width, height)
            y += max(ROW, height + 50)
            widest = max(widest, width)
        x += max(COLUMN, widest + 90)
    for node in graph.nodes.values():
        if node.kind == "sub":
            _inside(graph, node, boxes)
    for node in outer:
        _border(graph, node, boxes)
    return boxes


def _inner(graph: Graph, node: Node) -> list[Node]:
    return [each for each in graph.nodes.values() if each.parent == node.id]


def _size(graph: Graph, node: Node) -> tuple[int, int]:
    if node.kind != "sub":
        return SIZES[node.kind]
    tasks = sum(each.kind == "user" for each in _inner(graph, node))
    return 560, 40 + 100 * max(1, tasks)


def _inside(graph: Graph, sub: Node, boxes: dict[str, Box]) -> None:
    """Begin, fork, the tasks under each other, join, finish: from left to right."""
    outer = boxes[sub.id]
    tasks = [each for each in _inner(graph, sub) if each.kind == "user"]
    places = {"start": 24, "parallel": 90, "end": 500}
    seen: set[str] = set()
    for node in _inner(graph, sub):
        width, height = SIZES[node.kind]
        if node.kind == "user":
            row = tasks.index(node)
            boxes[node.id] = Box(outer.x + 190, outer.y + 30 + 100 * row, width, height)
            continue
        at = 400 if node.kind == "parallel" and "parallel" in seen else places[node.kind]
        seen.add(node.kind)
        boxes[node.id] = Box(outer.x + at, outer.middle - height // 2, width, height)


def _border(graph: Graph, node: Node, boxes: dict[str, Box]) -> None:
    """Boundary events stand side by side on the lower edge."""
    outer = boxes[node.id]
    events = [each for each in graph.nodes.values() if each.attached == node.id]
    for index, event in enumerate(events):
        width, height = SIZES["boundary"]
        step = max(1, (outer.width - 20) // max(1, len(events)))
        boxes[event.id] = Box(outer.x + 10 + index * step, outer.bottom - height // 2, width, height)


def _points(graph: Graph, flow: Flow, boxes: dict[str, Box], lane: int) -> list[tuple[int, int]]:
    source, target = boxes[flow.source], boxes[flow.target]
    if graph.nodes[flow.source].kind == "boundary":
        middle = source.x + source.width // 2
        return [(middle, source.bottom), (middle, lane), (target.x - 20, lane), *_into(target)]
    if target.x > source.right:
        turn = target.x - 30
        if source.middle == target.middle:
            return [(source.right, source.middle), (target.x, target.middle)]
        return [
            (source.right, source.middle),
            (turn, source.middle),
            (turn, target.middle),
            (target.x, target.middle),
        ]
    return [
        (source.right, source.middle),
        (source.right + 20, source.middle),
        (source.right + 20, lane),
        (target.x - 20, lane),
        *_into(target),
    ]


def _into(target: Box) -> list[tuple[int, int]]:
    return [(target.x - 20, target.middle), (target.x, target.middle)]
