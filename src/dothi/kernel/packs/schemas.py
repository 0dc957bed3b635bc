"""JSON Schemas of all declarations, for editors (``# yaml-language-server: $schema=…`` atop a YAML file)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from dothi.kernel.packs.declarations import (
    CodeList,
    Declaration,
    EntityType,
    Pack,
    PublishedModel,
    TermContext,
)
from dothi.kernel.packs.flows import DatasetDeclaration, PipelineDeclaration, SourceDeclaration
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.record_types import RecordType
from dothi.kernel.packs.reports import ReportCategory

KINDS: Final[dict[str, type[Declaration]]] = {
    "pack": Pack,
    "entity-type": EntityType,
    "model": PublishedModel,
    "context": TermContext,
    "code-list": CodeList,
    "record-type": RecordType,
    "dataset": DatasetDeclaration,
    "source": SourceDeclaration,
    "pipeline": PipelineDeclaration,
    "report-category": ReportCategory,
    "procedure": Procedure,
}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of declaration."""
    found = msgspec.json.schema(KINDS[name])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"dothi {name}", **found}


def files() -> dict[str, str]:
    """File name → text of every schema."""
    return {
        f"{name}.json": msgspec.json.format(
            msgspec.json.encode(schema(name), order="sorted"), indent=2
        ).decode()
        + "\n"
        for name in KINDS
    }


def write(folder: Path) -> list[Path]:
    """Write the schemas into ``folder``; the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in files().items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
