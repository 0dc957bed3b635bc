"""A graph that flows from left to right: sources, datasets, what is made of them. Pure layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP_X, GAP_Y = 210, 56, 64, 16
LETTERS = 26


@dataclass(frozen=True, slots=True)
class Box:
    """A node: its id, where its upper left corner is, its label in at most two lines."""

    id: str
    x: int
    y: int
    lines: tuple[str, ...]
    kind: str
    key: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow: from which to which, as path data."""

    origin: str
    target: str
    path: str
    via: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything placed, and how large it all is."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def ranks(ids: Sequence[str], links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How many steps each node is from the beginning; a circle ends the count instead of going on for ever."""
    found = dict.fromkeys(ids, 0)
    for _ in range(len(ids)):
        moved = False
        for origin, target in links:
            if found[target] <= found[origin] and found[origin] + 1 < len(ids) + 1:
                found[target], moved = found[origin] + 1, True
        if not moved:
            break
    return found


def layout(
    nodes: Sequence[tuple[str, str, str, str]], links: Sequence[tuple[str, str, str]], here: str = ""
) -> Drawing:
    """Place ``nodes`` (id, kind, key, label) in columns by their rank, near what they come from.

    ``links``: (origin, target, via).
    """
    ids = [node[0] for node in nodes]
    known = [(origin, target, via) for origin, target, via in links if origin in ids and target in ids]
    rank = ranks(ids, [(origin, target) for origin, target, _ in known])
    rows = _rows(ids, rank, known)
    boxes = {}
    for id, kind, key, label in nodes:
        x, y = rank[id] * (WIDTH + GAP_X), rows[id] * (HEIGHT + GAP_Y)
        boxes[id] = Box(id, x, y, wrapped(label), kind, key, label, id == here)
    arrows = tuple(
        Arrow(origin, target, _curve(boxes[origin], boxes[target]), via) for origin, target, via in known
    )
    width = max((box.x for box in boxes.values()), default=0) + WIDTH
    height = max((box.y for box in boxes.values()), default=0) + HEIGHT
    return Drawing(tuple(boxes.values()), arrows, width, height)


def _rows(
    ids: Sequence[str], rank: Mapping[str, int], links: Sequence[tuple[str, str, str]]
) -> dict[str, int]:
    """The row of each node in its column: by the mean row of what it comes from."""
    rows: dict[str, int] = {}
    for column in range(max(rank.values(), default=0) + 1):
        here = [id for id in ids if rank[id] == column]
        before = {
            id: [rows[origin] for origin, target, _ in links if target == id and origin in rows]
            for id in here
        }
        here.sort(key=lambda id: sum(before[id]) / len(before[id]) if before[id] else 1e9)
        taken = -1
        for id in here:
            wanted = round(sum(before[id]) / len(before[id])) if before[id] else taken + 1
            taken = max(taken + 1, wanted)
            rows[id] = taken
    return rows


def _curve(origin: Box, target: Box) -> str:
    x1, y1 = origin.x + WIDTH, origin.y + HEIGHT // 2
    x2, y2 = target.x, target.y + HEIGHT // 2
    bend = max(24, (x2 - x1) // 2)
    return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 6} {y2}"


def wrapped(label: str, letters: int = LETTERS) -> tuple[str, ...]:
    """At most two lines; what does not fit ends in an ellipsis."""
    lines: list[str] = [""]
    for word in label.split():
        if len(lines[-1]) + len(word) + 1 <= letters or not lines[-1]:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], lines[1][: letters - 1] + "…"]
    return tuple(line if len(line) <= letters else line[: letters - 1] + "…" for line in lines)
