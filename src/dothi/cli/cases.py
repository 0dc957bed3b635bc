"""``dothi cases``: prove the histories, generate demonstration cases, plan clocks anew."""

from __future__ import annotations

from typing import Annotated

import typer

from dothi.cli.console import emit, fail, progress, say
from dothi.cli.session import platform

app = typer.Typer(name="cases", help="Cases: proof of their histories, generated ones.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def verify(
    first: Annotated[int, typer.Option(help="From this case number on.")] = 1,
    last: Annotated[int | None, typer.Option(help="Up to this case number.")] = None,
    json: Json = False,
) -> None:
    """Check every history's chain, rebuild every case from it and compare with what lists show."""
    faults, seen = [], 0
    with platform():
        from dothi.kernel.cases.verifying import verify as proofs

        for found in proofs(first=first, last=last):
            if isinstance(found, int):
                seen = found
            else:
                faults.append(found)
                if not json:
                    say(f"✗ {found.code} ({found.num}): {found.what}")
    if json:
        emit({"cases": seen, "faults": [{"num": f.num, "code": f.code, "what": f.what} for f in faults]})
    elif not faults:
        say(f"✓ {seen} cases: every chain is whole, every case is what its history makes of it.")
    if faults:
        fail(f"{len(faults)} faults in {seen} cases")


@app.command()
def simulate(
    count: Annotated[int, typer.Option(help="How many.", min=1, max=20_000_000)] = 1000,
    procedure: Annotated[list[str] | None, typer.Option(help="Only this procedure; repeat.")] = None,
    days: Annotated[float, typer.Option(help="Opened over the last days.")] = 30.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same cases.")] = 7,
) -> None:
    """Generate cases that are marked as simulated, through the same engine as any other."""
    with platform():
        from dothi.core.config import current
        from dothi.kernel.cases import procedures
        from dothi.kernel.cases.simulating import simulate as generate
        from dothi.kernel.directory import queries as directory

        kinds = [procedures.published(key) for key in procedure or ()]
        units = [unit.code for unit in directory.units(parent=current().city)]
        with progress("Generating cases") as advance:
            for made in generate(count, kinds=kinds, units=units, days=days, seed=seed):
                advance(made, count)
    say(f"✓ {count} simulated cases")


@app.command()
def replan() -> None:
    """Plan every running clock by the calendar as it is now."""
    with platform():
        from dothi.kernel.cases.calendar_days import replan as again

        say(f"✓ {again()} cases changed")
