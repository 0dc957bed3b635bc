"""``dothi procedures``: official descriptions and diagrams into drafts of the designer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from dothi.cli.console import emit, fail, progress, say
from dothi.cli.session import platform

app = typer.Typer(name="procedures", help="Procedures: drafts from descriptions.", no_args_is_help=True)
ENDINGS = (".json", ".bpmn")


@app.callback()
def _group() -> None:
    """Procedures: drafts from descriptions."""


@app.command("import")
def bring(
    files: Annotated[
        list[Path],
        typer.Argument(help="Official descriptions (.json), BPMN files, or folders.", exists=True),
    ],
    report: Annotated[Path | None, typer.Option(help="Where to put a report (JSON).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make drafts that an officer finishes in the designer; says of each what could not be read."""
    found = list(_files(files))
    rows: list[dict[str, Any]] = []
    with platform():
        from dothi.centres.services.designing import importing
        from dothi.kernel.identity.access import SYSTEM

        with progress("Importing procedures") as advance:
            for count, path in enumerate(found, 1):
                rows.append(importing.bring(path.name, path.read_bytes(), by=SYSTEM).plain())
                advance(count, len(found))
    if report is not None:
        import msgspec

        report.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1))
    made = [row for row in rows if row["design"]]
    if json:
        emit({"files": len(rows), "drafts": len(made), "rows": rows})
    else:
        for row in rows:
            if row["problem"]:
                say(f"✗ {row['file']}: {row['problem']['en']}")
        points = sum(len(row["doubts"]) for row in made)
        say(f"{len(made)} drafts of {len(rows)} files, {points} points to be finished by an officer.")
    if not made:
        fail("nothing was imported")


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix.lower() in ENDINGS)
        else:
            yield path
