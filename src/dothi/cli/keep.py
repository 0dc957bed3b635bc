"""``dothi backup`` and ``dothi restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dothi.cli.console import emit, fail, progress, say
from dothi.cli.session import settings
from dothi.core.clock import now


def backup(
    target: Annotated[
        Path | None, typer.Argument(help="File to write (default: backups/ in the data folder).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Write one file with everything: databases, secrets, settings. Works while the platform runs."""
    from dothi.serve.backup import BackupError, create

    config = settings()
    at = now()
    path = target or config.home / "backups" / f"dothi-{at:%Y%m%dT%H%M%SZ}.tar.gz"
    try:
        with progress("Backing up") as advance:
            manifest = create(config, path, at, advance)
    except BackupError as error:
        fail(str(error))
    if json:
        emit({"path": str(path), "manifest": manifest})
    say(
        f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB, {len(manifest.files)} files). It holds secrets: keep it safe."
    )


def restore(
    source: Annotated[Path, typer.Argument(help="The backup to put in place.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in place of the present data, which is kept aside. The platform must be stopped."""
    from dothi.kernel import context as live
    from dothi.serve.backup import BackupError
    from dothi.serve.backup import restore as put
    from dothi.serve.lock import AlreadyRunning, held
    from dothi.serve.wiring import configured

    config = settings()
    if not yes and not typer.confirm(f"Replace the data in {config.home} by {source}?"):
        raise typer.Exit(1)
    try:
        with held(config.home):
            manifest = put(config, source)
            with configured(config):
                live.current().restored()
    except AlreadyRunning:
        fail("The platform is running on this data folder. Stop it first.")
    except BackupError as error:
        fail(str(error))
    say(f"Restored the state of {manifest.made_at} ({len(manifest.files)} files checked).")
