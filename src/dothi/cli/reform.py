"""``dothi registers units`` and ``dothi registers retention``: records after a reform of units, and after their time."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from dothi.cli.console import emit, fail, say
from dothi.cli.session import platform

if TYPE_CHECKING:
    from dothi.kernel.registers.reform.actions import ConversionReport

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def units(
    types: Annotated[
        list[str] | None, typer.Argument(help="Record types (default: all that have units).")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write it; without this it is only tried.")] = False,
    old_codes: Annotated[
        bool, typer.Option("--old-codes", help="The records came with codes from before 1 July 2025.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(help="Where to put what is to be asked, as CSV: divided units, unknown codes."),
    ] = None,
    json: Json = False,
) -> None:
    """Give records the units and addresses of since 1 July 2025; divided wards are reported, never guessed."""
    with platform():
        from dothi.kernel.identity.access import SYSTEM
        from dothi.kernel.registers.reform.actions import convert
        from dothi.kernel.registers.reform.rehoming import Rehoming
        from dothi.kernel.registers.types import kinds

        wanted = types or [key for key, each in kinds().items() if Rehoming(each).properties]
        done = [convert(each, by=SYSTEM, dry_run=not apply, old_codes=old_codes) for each in wanted]
        if report is not None:
            _write(report, done)
    if json:
        emit([_plain(each) for each in done])
        return
    for each in done:
        asked = ", ".join(f"{count:,} {why}" for why, count in sorted(each.open.items())) or "nothing to ask"
        verb = "converted" if apply else "would be converted"
        unfit = f", {each.unfit:,} do not fit their schema" if each.unfit else ""
        say(f"{each.type}: {each.converted:,} of {each.total:,} records {verb}{unfit}; {asked}.")
    if report is not None:
        say(f"What is to be asked: {report}")


def _plain(report: ConversionReport) -> dict[str, Any]:
    return {
        "type": report.type, "dry_run": report.dry_run, "total": report.total, "converted": report.converted,
        "unfit": report.unfit, "properties": dict(report.properties), "open": dict(report.open),
    }  # fmt: skip


def _write(path: Path, done: list[ConversionReport]) -> None:
    """The open questions of each type; of a run that wrote nothing, those it kept in mind."""
    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.registers.reform.queries import HEADINGS, lines

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("type", *HEADINGS))
        for each in done:
            found = [(record.id, asked) for record, asked in each.questions] if each.dry_run else None
            writer.writerows([each.type, *line] for line in lines(each.type, by=SYSTEM, found=found))


def retention(
    type: Annotated[str, typer.Argument(help="A record type, for example person.")],
    dispose: Annotated[bool, typer.Option("--dispose", help="Let them go. It cannot be taken back.")] = False,
    decision: Annotated[str, typer.Option(help="The decision that lets them go; kept for good.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 100,
    json: Json = False,
) -> None:
    """Name records kept longer than declared; with --dispose, let go what they said."""
    with platform():
        from dothi.kernel.identity.access import SYSTEM
        from dothi.kernel.registers import retaining

        found = retaining.due(type, by=SYSTEM, limit=limit)
        if dispose and not decision:
            fail("--dispose needs --decision: the decision or minutes that say so.", 2)
        ids: list[UUID] = [each.id for each in found]
        gone = retaining.dispose(type, ids, by=SYSTEM, decision=decision) if dispose and ids else 0
    if json:
        rows = [{"id": str(each.id), "unit": each.unit, "until": each.until.isoformat()} for each in found]
        emit({"type": type, "due": rows, "disposed": gone})
        return
    for each in found:
        say(f"{each.id}  {each.unit or '–'}  kept until {each.until.isoformat()}")
    say(f"{len(found):,} records are due" + (f"; {gone:,} were disposed of." if dispose else "."))
