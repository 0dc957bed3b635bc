"""Files into drafts: official descriptions as JSON, diagrams as BPMN 2.0. What becomes of each file is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from dothi.centres.services.designing import actions
from dothi.centres.services.designing.models import Design
from dothi.core.errors import BadInput, Conflict, Text, both
from dothi.kernel.identity.access import Actor

FILE_MOST: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file: a draft, or why none."""

    file: str
    design: Design | None = None
    problem: Text | None = None

    def plain(self) -> dict[str, Any]:
        """As a row of a report."""
        made = self.design
        return {
            "file": self.file,
            "design": str(made.pk) if made else None,
            "key": made.key if made else None,
            "name": made.name if made else None,
            "problems": made.problems if made else None,
            "read": sorted(made.sources) if made else [],
            "doubts": [{"where": each["where"], "ask": each["ask"]} for each in made.doubts] if made else [],
            "problem": dict(self.problem) if self.problem else None,
        }


def bring(file: str, content: bytes, *, by: Actor) -> Brought:
    """The draft of a file. A file that is refused says why; missing permission is raised."""
    try:
        if len(content) > FILE_MOST:
            raise BadInput(both("Tệp quá lớn.", "The file is too large."))
        if file.lower().endswith((".bpmn", ".xml")):
            return Brought(file, actions.begin_bpmn(_text(content), by=by, file=file[:200]))
        return Brought(file, actions.begin_official(_json(content), by=by, file=file[:200]))
    except (BadInput, Conflict) as error:
        return Brought(file, problem=error.detail)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(both("Tệp không phải UTF-8.", "The file is not UTF-8.")) from error


def _json(content: bytes) -> Any:
    try:
        return json.loads(_text(content))
    except (ValueError, RecursionError) as error:
        raise BadInput(both("Tệp không phải JSON.", "The file is not JSON.")) from error
