"""``dothi hotline``: take an e-mail from a file, as the mailbox would; bring in reports of another system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dothi.cli.console import emit, fail, progress, say
from dothi.cli.session import platform

app = typer.Typer(
    name="hotline", help="1022: messages from people, reports of other systems.", no_args_is_help=True
)


@app.command("read-mail")
def read_mail(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="An e-mail (.eml).")
    ],
) -> None:
    """Take one e-mail: it continues a report, waits for an operator, or is refused with the reason. Twice is once."""
    with platform():
        from dothi.centres.hotline.inbound import taking

        row = taking.take("e-mail", file.read_bytes())
        if row.state in ("dead", "refused"):
            fail(f"{row.state}: {row.why}")
        say(f"✓ {row.state}{f': {row.why}' if row.why else ''}")


@app.command("import")
def bring(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV, or Open311's JSON or XML."),
    ],
    mapping: Annotated[
        str, typer.Option(help="A YAML file that says what the columns mean, or a shipped one's name.")
    ] = "open311",
    rejects: Annotated[Path | None, typer.Option(help="A CSV of the rows not taken, with reasons.")] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring in reports of another system, once each, with its times; rows that are not taken are explained."""
    with platform():
        from dothi.centres.hotline.importing import mapping as mappings
        from dothi.centres.hotline.importing.actions import import_reports
        from dothi.centres.hotline.taxonomy import catalogue
        from dothi.kernel.identity.access import SYSTEM

        declared = mappings.load(mapping, catalogue.categories())
        with progress("Importing reports") as advance:
            done = import_reports(
                file, declared, by=SYSTEM, rejects=rejects, dry=dry, progress=lambda read: advance(read, None)
            )
    if json:
        emit(
            {"read": done.read, "taken": done.taken, "before": done.before,
             "rejected": dict(done.rejected), "endings": dict(done.endings)}
        )  # fmt: skip
        return
    say(
        f"✓ {done.read:,} rows: {done.taken:,} taken, {done.before:,} there before, {done.rejected.total():,} not taken"
    )
    for why, count in done.rejected.most_common():
        say(f"  {count:,}  {why}")
