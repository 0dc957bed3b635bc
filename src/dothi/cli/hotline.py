"""``dothi hotline``: take an e-mail from a file, as the mailbox would."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dothi.cli.console import fail, say
from dothi.cli.session import platform

app = typer.Typer(name="hotline", help="1022: messages from people.", no_args_is_help=True)


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
