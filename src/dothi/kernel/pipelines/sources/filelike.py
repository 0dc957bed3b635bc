"""What files of a folder and objects of a store have in common: named things that change, read one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dothi.kernel.pipelines import reading
from dothi.kernel.pipelines.sources.base import Portion, Position, Restart, Task, Unchanged


@dataclass(frozen=True, slots=True)
class Item:
    """A file: its name, a text that differs when its content does, and how to have it here."""

    name: str
    mark: str
    fetch: Callable[[], Path]


@dataclass(frozen=True, slots=True)
class Form:
    """How to read the files."""

    format: str | None
    records: str | None
    options: Mapping[str, Any]
    member: str | None = None


def portions(
    items: Sequence[Item], form: Form, mode: str, position: Position, task: Task
) -> Iterator[Portion]:
    """``replace`` reads all items when any has changed, other modes those that are new or have changed."""
    marks = {item.name: item.mark for item in items}
    resume = position.get("resume")
    if resume is not None and resume["marks"] != marks:
        raise Restart
    known: dict[str, Any] = {} if task.full else dict(position.get("files", {}))
    fresh = [item for item in items if known.get(item.name) != item.mark]
    same_set = mode != "replace" or known.keys() == marks.keys()
    if not fresh and same_set and resume is None:
        raise Unchanged
    chosen = list(items) if mode == "replace" else fresh
    skip, count = int((resume or {}).get("portions", 0)), 0
    for place, item in enumerate(chosen, start=1):
        task.say(
            f"Đọc {item.name} ({place}/{len(chosen)})", f"Reading {item.name} ({place} of {len(chosen)})"
        )
        for name, file in reading.unpacked(item.fetch(), form.member, task.folder):
            for rows, report in reading.tables(
                file, format=form.format, records_at=form.records, options=form.options
            ):
                task.check()
                count += 1
                if count > skip:
                    here = {"files": known, "resume": {"portions": count, "marks": marks}}
                    yield Portion(rows, here, report={name: report} if report else {})
    yield Portion(None, {"files": marks if mode == "replace" else known | marks})
