"""A backup is one ``.tar.gz``: consistent copies of the databases and the lake, the secrets, the settings file, a manifest.

On PostgreSQL the database is copied by ``pg_dump`` (custom format), which must be on PATH.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from dothi import __version__
from dothi.core.config import Config
from dothi.serve import lake_backup

FORMAT = 1
DATABASES = ("city.sqlite3", "context.sqlite3")
DUMP = "postgresql.dump"
MANIFEST = "manifest.json"
Progress = Callable[[int, int], None]


class BackupError(Exception):
    """The backup could not be made or used; the message says why and what to do."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds: file → sha256, by which version, when."""

    format: int
    version: str
    made_at: str
    engine: str
    files: dict[str, str]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy while others write (SQLite's own backup)."""
    with (
        sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30) as origin,
        sqlite3.connect(target) as copy,
    ):
        origin.backup(copy, pages=4096)
    origin.close()
    copy.close()


def _pg(tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise BackupError(
            f"{tool} is not on PATH. Install the PostgreSQL client (Debian: apt-get install postgresql-client)."
        )
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()[-500:]}")


def _collect(config: Config, folder: Path) -> Iterator[Path]:
    if config.database_url:
        _pg("pg_dump", "--format=custom", f"--file={folder / DUMP}", config.database_url)
        yield folder / DUMP
    for name in () if config.database_url else DATABASES:
        if (config.home / name).is_file():
            _copy_sqlite(config.home / name, folder / name)
            yield folder / name
    # After the databases: every snapshot that they name is then in the copy.
    yield from lake_backup.collect(config, folder)
    for path in sorted((config.home / "secrets").glob("*")):
        (folder / "secrets").mkdir(exist_ok=True)
        yield Path(shutil.copy2(path, folder / "secrets" / path.name))
    if (config.home / "dothi.toml").is_file():
        yield Path(shutil.copy2(config.home / "dothi.toml", folder / "dothi.toml"))


def create(
    config: Config, target: Path, at: datetime, progress: Progress = lambda done, total: None
) -> Manifest:
    """Write a backup to ``target`` (mode 0600: it holds secrets). The file appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        files: dict[str, str] = {}
        for done, path in enumerate(_collect(config, folder), 1):
            files[path.relative_to(folder).as_posix()] = _digest(path)
            progress(done, 0)
        engine = "postgresql" if config.database_url else "sqlite"
        manifest = Manifest(FORMAT, __version__, at.isoformat(timespec="seconds"), engine, files)
        archive = folder / "archive.tar.gz"
        archive.touch(mode=0o600)
        with tarfile.open(archive, "w:gz", compresslevel=3) as tar:
            body = msgspec.json.encode(manifest)
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
            for file in files:
                tar.add(folder / file, arcname=file)
        archive.replace(target)
    return manifest


@contextmanager
def opened(source: Path) -> Iterator[tuple[Manifest, Path]]:
    """A backup unpacked beside ``source`` and checked: its manifest, and the folder, for the length of a block."""
    if not source.is_file():
        raise BackupError(f"{source} is not a file.")
    with tempfile.TemporaryDirectory(prefix="dothi-restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(source, "r:gz") as tar:
                tar.extractall(folder, filter="data")
            manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        except (tarfile.TarError, OSError, EOFError, msgspec.MsgspecError) as error:
            raise BackupError(f"{source} is not a backup of dothi, or is damaged: {error}") from error
        if manifest.format != FORMAT:
            raise BackupError(f"{source} has format {manifest.format}; this version reads format {FORMAT}.")
        for file, digest in manifest.files.items():
            if not (folder / file).is_file() or _digest(folder / file) != digest:
                raise BackupError(f"{source} is damaged: {file} is missing or differs from its checksum.")
        yield manifest, folder


def restore(config: Config, source: Path) -> Manifest:
    """Put a backup in place of the installation's data. The platform must be stopped.

    The data that was there is kept in ``<home>/before-restore`` until the next restore.
    """
    with opened(source) as (manifest, folder):
        engine = "postgresql" if config.database_url else "sqlite"
        if manifest.engine != engine:
            raise BackupError(f"{source} was made on {manifest.engine}, this installation runs on {engine}.")
        if manifest.engine == "postgresql":
            _pg(
                "pg_restore",
                "--clean",
                "--if-exists",
                "--single-transaction",
                f"--dbname={config.database_url}",
                str(folder / DUMP),
            )
        elsewhere = {DUMP, *(file for file in manifest.files if file.startswith(lake_backup.PREFIX))}
        _swap(config.home, folder, [file for file in manifest.files if file not in elsewhere])
        lake_backup.restore(config, folder)
        return manifest


def _swap(home: Path, folder: Path, files: list[str]) -> None:
    aside = home / "before-restore"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for name in [
        *files,
        *(f"{database}{tail}" for database in DATABASES for tail in ("-wal", "-shm")),
        "prepared",
    ]:
        if (home / name).is_file():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(home / name, aside / name)
    for name in files:
        (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(folder / name, home / name)
