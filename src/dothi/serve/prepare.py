"""Makes an installation ready to serve: schema, administrative units, packs. Does nothing when all is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dothi import __version__
from dothi.core.config import Config

STAMP = "prepared"
# Where modules and their parts are, not any depth: looking through every folder is waited for at each start.
MIGRATIONS = ("*/*/migrations/*.py", "*/*/*/migrations/*.py")
Say = Callable[[str], None]
Progress = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of getting ready: what a person is told, and what is done (given a progress callback)."""

    label: str
    run: Callable[[Progress], object]


def fingerprint(config: Config) -> str:
    """Changes when the code's schema, the packs or the database do; equal means that nothing is to be done."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(
        f"{__version__}|{config.database_url}|{','.join(config.packs)}|{config.city}".encode()
    )
    for pattern in (*MIGRATIONS, "packs/**/*.yaml", "packs/**/*.sql", "kernel/packs/declarations.py"):
        for path in sorted(package.glob(pattern)):
            stat = path.stat()
            digest.update(f"{path.relative_to(package)}|{stat.st_size}|{stat.st_mtime_ns}".encode())
    if config.pack_folder:
        for path in sorted(Path(config.pack_folder).glob("**/*.yaml")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def is_ready(config: Config) -> bool:
    """Whether this installation was prepared for just this code and these settings."""
    stamp = config.home / STAMP
    present = config.database_url or (config.home / "city.sqlite3").is_file()
    return bool(present) and stamp.is_file() and stamp.read_text() == fingerprint(config)


def mark_ready(config: Config) -> None:
    """Remember that all steps are done."""
    (config.home / STAMP).write_text(fingerprint(config))


def steps() -> list[Step]:
    """The steps, in order. Django must be set up and the engines wired."""
    from django.core.management import call_command

    from dothi.kernel.cases import procedures
    from dothi.kernel.directory import actions as directory
    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.packs import actions as packs

    def migrate(progress: Progress) -> None:
        call_command("migrate", interactive=False, verbosity=0)

    return [
        Step("Creating the databases", migrate),
        Step(
            "Loading the administrative units of Viet Nam",
            lambda p: directory.load_units(by=SYSTEM, progress=p),
        ),
        Step("Publishing the packs", lambda p: packs.ensure_published(by=SYSTEM)),
        Step("Publishing the procedures", lambda p: procedures.sync()),
    ]
