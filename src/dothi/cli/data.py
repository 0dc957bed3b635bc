"""``dothi import``, ``dothi replay`` and ``dothi simulate``."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from dothi.cli.console import emit, fail, out, progress, say, table
from dothi.cli.session import platform

if TYPE_CHECKING:
    from dothi.kernel.feeds.replay.engine import PartReport, Player
    from dothi.kernel.feeds.replay.engine import Progress as ReplayProgress

imports = typer.Typer(help="Bring real reference data in.", no_args_is_help=True)
simulate = typer.Typer(
    help="The city generator: simulated readings where no feed is connected.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_SHOWN = 20


@imports.command()
def boundaries(
    file: Annotated[Path, typer.Argument(help="A GeoJSON FeatureCollection in WGS 84.")],
    code: Annotated[str, typer.Option("--property", help="The property that holds a unit's code.")] = "code",
    json: Json = False,
) -> None:
    """Import unit boundaries, matched by code; what cannot be taken is reported feature by feature."""
    with platform():
        from dothi.kernel.directory import actions
        from dothi.kernel.identity.access import SYSTEM

        with progress("Importing boundaries") as advance:
            report = actions.import_boundaries(file, by=SYSTEM, progress=advance, code_property=code)
    if json:
        emit(report)
    else:
        for problem in [*report.errors, *report.warnings][:_SHOWN]:
            out().print(
                f"{problem.severity}: feature {problem.feature} ({problem.code or 'no code'}): {problem.text['en']}",
                markup=False,
            )
        more = len(report.errors) + len(report.warnings) - _SHOWN
        say(
            f"{report.matched} of {report.total} features matched, {len(report.errors)} errors, {len(report.warnings)} warnings"
            + (f" ({more} not shown: --json shows all)" if more > 0 else "")
            + "."
        )
        if report.missing:
            say(f"{len(report.missing)} units of the city still have no boundary.")
    raise typer.Exit(1 if report.errors else 0)


@imports.command()
def units() -> None:
    """Load the administrative units again from the installed package (safe to repeat)."""
    with platform():
        from dothi.kernel.directory import actions
        from dothi.kernel.identity.access import SYSTEM

        with progress("Loading the administrative units") as advance:
            emit(actions.load_units(by=SYSTEM, progress=advance))


def replay(
    path: Annotated[
        Path, typer.Argument(help="A file or folder: NGSI-LD JSON or JSON lines, CSV, or a zip of them.")
    ],
    rate: Annotated[
        str, typer.Option(help="max, 1x, 60x (times the records' own pace) or 500 (records a second).")
    ] = "max",
    mapping: Annotated[
        str | None,
        typer.Option(
            help="A shipped mapping's name or a YAML file of your own (default: recognised by columns)."
        ),
    ] = None,
    provenance: Annotated[
        str | None, typer.Option(help="Mark every entity so, for example simulated.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin again although this file was played before.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Folder for refused rows (default: rejects/ in the data folder).")
    ] = None,
    json: Json = False,
) -> None:
    """Play files into the live city. Stops and goes on where it was; refused rows are kept with their reasons."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with platform() as config:
        from dothi.kernel import context as live
        from dothi.kernel.feeds.replay import pace
        from dothi.kernel.feeds.replay.engine import Player

        player = Player(
            live.current(),
            rejects=rejects or config.home / "rejects",
            rate=pace.parse(rate),
            mapping=mapping,
            provenance=provenance,
            restart=restart,
            stop=stop,
        )
        reports = _play(player, path)
    _tell(reports, json)
    if stop.is_set():
        say("Stopped. The same command goes on from here.")
        raise typer.Exit(130)


def _play(player: Player, path: Path) -> list[PartReport]:
    with progress("Replaying") as advance:

        def show(step: ReplayProgress) -> None:
            what = (
                f"{step.part} ({step.number} of {step.parts}), {step.accepted} taken, {step.rejected} refused"
            )
            advance(int((step.number - 1 + step.fraction) * 1000), step.parts * 1000, what)

        player.progress = show
        return player.play(path)


def _tell(reports: list[PartReport], json: bool) -> None:
    if json:
        emit([_plain(report) for report in reports])
        return
    shown = table("File", "Mapping", "Read", "Taken", "Refused", "Readings", "Missing", "Seconds")
    for report in reports:
        shown.add_row(
            report.name,
            report.mapping,
            *(
                f"{n:,}"
                for n in (report.read, report.accepted, report.rejected, report.readings, report.missing)
            ),
            f"{report.seconds:.1f}",
        )
    out().print(shown)
    for report in reports:
        for reason, count in (report.reasons + report.cell_reasons).most_common():
            say(f"{report.name}: {count:,} × {reason}")
        if report.rejects:
            say(f"Written down row by row: {report.rejects}")


def _plain(report: PartReport) -> Any:
    return msgspec.to_builtins(report, enc_hook=str)


@simulate.command("on")
def simulate_on() -> None:
    """Let the generator run (from the next round of the running platform on)."""
    with platform():
        from dothi.kernel.feeds.generator import actions
        from dothi.kernel.identity.access import SYSTEM

        actions.turn_on(by=SYSTEM)
    say("The city generator is on. What it makes is marked as simulated everywhere.")


@simulate.command("off")
def simulate_off() -> None:
    """Stop the generator; what it made stays until `reset`."""
    with platform():
        from dothi.kernel.feeds.generator import actions
        from dothi.kernel.identity.access import SYSTEM

        actions.turn_off(by=SYSTEM)
    say("The city generator is off. Remove what it made with: dothi simulate reset")


@simulate.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove every simulated entity of the generator."""
    if not yes and not typer.confirm("Remove every entity the generator made?"):
        raise typer.Exit(1)
    with platform():
        from dothi.kernel import context as live
        from dothi.kernel.feeds.generator import actions
        from dothi.kernel.identity.access import SYSTEM

        say(f"{actions.reset(live.current(), by=SYSTEM)} simulated entities removed.")


@simulate.command()
def once() -> None:
    """One round now, in this process: useful with `--bare` and in scripts."""
    with platform():
        from dothi.core.clock import now
        from dothi.kernel import context as live
        from dothi.serve.sources import generator

        with progress("Simulating"):
            result = generator().run_once(live.current(), now())
    if result.rejected:
        fail(f"{result.rejected} entities were refused: {dict(result.reasons)}")
    say(f"{result.written} simulated entities written.")
