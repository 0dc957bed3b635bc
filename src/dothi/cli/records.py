"""``dothi import records`` and ``dothi simulate records``: records by the file, or generated."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dothi.cli.console import emit, fail, progress, say
from dothi.cli.session import platform

if TYPE_CHECKING:
    from dothi.kernel.registers.imports.models import ImportJob

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def import_records(
    type: Annotated[str, typer.Argument(help="A record type, for example parcel.")],
    file: Annotated[Path, typer.Argument(help="A CSV, XLSX, ODS, GeoJSON or Parquet file.", exists=True)],
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="property=column; repeat. The others are suggested.")
    ] = None,
    upsert: Annotated[bool, typer.Option("--upsert", help="Revise records that are there already.")] = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Keep nothing when any row is refused.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; it is kept with every record.")] = "",
    source: Annotated[str, typer.Option(help="Where the data is from (default: the file's name).")] = "",
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook (default: the first).")] = "",
    encoding: Annotated[str, typer.Option(help="Of a CSV file (default: recognised).")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Although the same file was imported before.")
    ] = False,
    errors: Annotated[Path | None, typer.Option(help="Where to put the refused rows.")] = None,
    json: Json = False,
) -> None:
    """Import records; a run that was cut off goes on where it was. Refused rows go into a file to be mended."""
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    with platform():
        from dothi.kernel.identity.access import SYSTEM
        from dothi.kernel.registers.imports import actions

        reading = {"sheet": sheet, "encoding": encoding}
        given = {key: value for key, value in reading.items() if value}
        job = actions.bring(type, file.name, _chunks(file), by=SYSTEM, options=given)
        chosen = job.mapping | dict(each.split("=", 1) for each in columns or () if "=" in each)
        asked = actions.start(
            job, by=SYSTEM, mapping_=chosen, mode="upsert" if upsert else "create", all_or_nothing=all_or_nothing,
            reason=reason, source=source, again=again,
        )  # fmt: skip
        done, same = _work(asked, ending), asked.pk != job.pk
        _tell(done, errors, json=json, same=same)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(1 << 20):
            yield chunk


def _work(job: ImportJob, ending: threading.Event) -> ImportJob:
    """Work it off in this process, showing how far it is. A worker may have taken it already: then wait for it."""
    from dothi.kernel.registers.imports import life
    from dothi.kernel.registers.imports.models import ImportJob
    from dothi.kernel.registers.imports.running import work_off

    life.put_back()
    with progress("Importing records") as advance:
        watching = threading.Event()

        def watch() -> None:
            from django.db import connection

            while not watching.wait(0.5):
                found = ImportJob.objects.only("checked", "total").get(pk=job.pk)
                advance(min(found.checked, found.total), found.total)
            connection.close()

        shown = threading.Thread(target=watch, daemon=True)
        shown.start()
        try:
            done = work_off(job, ending)
            while done.state in ImportJob.OPEN and not ending.wait(0.5):
                done = ImportJob.objects.get(pk=job.pk)
        finally:
            watching.set()
            shown.join(5)
    return done


def _tell(done: ImportJob, errors: Path | None, *, json: bool, same: bool) -> None:
    from dothi.kernel.registers.imports.api import plain

    refused = done.faults_path if done.faults_path.is_file() else None
    if refused is not None and errors is not None:
        errors.write_bytes(refused.read_bytes())
        refused = errors
    if json:
        shown: dict[str, Any] = {**plain(done), "refused_rows": None if refused is None else str(refused)}
        emit(shown)
    else:
        if same:
            say(
                "The same file was imported the same way before; nothing was imported now (--again does it anyway)."
            )
        say(
            f"{done.state}: {done.checkpoint:,} rows, {done.created:,} created, {done.revised:,} revised, "
            f"{done.unchanged:,} unchanged, {done.failed:,} refused."
        )
        if refused is not None:
            say(f"Refused rows with what is wrong: {refused}")
    if done.state == "failed":
        fail(done.error_en)
    if done.failed or done.state != "done":
        raise typer.Exit(1)


def simulate_records(
    type: Annotated[str, typer.Argument(help="A record type, for example parcel.")],
    count: Annotated[int, typer.Argument(help="How many.", min=1, max=1_000_000)],
    seed: Annotated[int, typer.Option(help="The same seed makes the same records.")] = 1,
    json: Json = False,
) -> None:
    """Generate records, each marked simulated: for trying things out, never for work."""
    with platform():
        from dothi.kernel.identity.access import SYSTEM
        from dothi.kernel.registers.samples.actions import simulate

        with progress("Generating records") as advance:
            report = simulate(
                type, count, by=SYSTEM, seed=seed, progress=lambda now: advance(now.rows, count)
            )
    if json:
        emit(
            {"type": type, "created": report.created, "unchanged": report.unchanged, "failed": report.failed}
        )
    else:
        say(
            f"{report.created:,} simulated records created, {report.unchanged:,} were there, {report.failed:,} refused."
        )
    raise typer.Exit(1 if report.failed else 0)
