"""``dothi registers …``: records of a type that may be one, after a reform of units, after their time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from dothi.cli import reform
from dothi.cli.console import emit, say
from dothi.cli.session import platform

app = typer.Typer(help="Base registers.", no_args_is_help=True)


@app.callback()
def _registers() -> None:
    """Base registers."""


@app.command()
def duplicates(
    type: Annotated[str, typer.Argument(help="A record type, for example person.")],
    full: Annotated[
        bool, typer.Option("--full", help="Look at all records, not only at changed ones.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look for records that may be one thing; the pairs wait for a person at /desk/registers/duplicates/."""
    with platform():
        from dothi.kernel.identity.access import SYSTEM
        from dothi.kernel.registers.linkage.actions import scan

        found = scan(type, by=SYSTEM, full=full)
        if json:
            emit(asdict(found))
            return
        looked = "all" if found.full else "new and changed"
        say(
            f"Looked at {found.records:,} records ({looked}): {found.new:,} new pairs, {found.waiting:,} wait."
        )


app.command("units")(reform.units)
app.command("retention")(reform.retention)
