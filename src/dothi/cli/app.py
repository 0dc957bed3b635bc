"""The commands and their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dothi import __version__
from dothi.cli import cases, data, duplicates, hotline, keep, people, pipelines, procedures, records
from dothi.cli.checks import check, settings_list, status
from dothi.cli.console import fail
from dothi.cli.up import up
from dothi.core.errors import DothiError

app = typer.Typer(
    name="dothi",
    help="The operating platform of a smart city.",
    epilog="Documentation: docs/. Settings: dothi settings.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"dothi {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """The operating platform of a smart city."""


app.command()(up)
app.command()(check)
app.command()(status)
app.command("settings")(settings_list)
data.imports.command("records")(records.import_records)
app.add_typer(data.imports, name="import")
app.command()(data.replay)
data.simulate.command("records")(records.simulate_records)
app.add_typer(data.simulate, name="simulate")
app.command()(keep.backup)
app.command()(keep.restore)
app.add_typer(people.app, name="user")
app.add_typer(pipelines.app, name="pipelines")
app.add_typer(duplicates.app, name="registers")
app.add_typer(cases.app, name="cases")
app.add_typer(hotline.app, name="hotline")
app.add_typer(procedures.app, name="procedures")


@app.command("test", hidden=True)
def _test() -> None:
    """Run by the launcher itself: ./dothi test."""
    fail(f"Run ./dothi test in the source folder ({Path(__file__).resolve().parents[3]}).", 2)


@app.command("add", hidden=True)
def _add() -> None:
    """Run by the launcher itself: ./dothi add NAME."""
    fail("Run ./dothi add NAME in the source folder, or pip install 'dothi[NAME]'.", 2)


def main() -> None:
    """Run the command of the command line; a refusal of the kernel ends it with its sentence."""
    try:
        app()
    except DothiError as error:
        fail_plainly(error)


def fail_plainly(error: DothiError) -> None:
    """Say what was refused, without a stack trace."""
    from dothi.cli.console import err

    err().print(f"[bold red]✗[/] {error}")
    raise SystemExit(1)
