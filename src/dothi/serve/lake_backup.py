"""The lake's part of a backup: the tables' files, which state each table is in, the embedded catalogue."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from dothi.core.config import Config
from dothi.engines.lake.registry import open_lake

FOLDER = "lake"
PREFIX = f"{FOLDER}/"
CATALOGUE = "catalog.sqlite3"


def _files_folder(config: Config) -> Path | None:
    """The folder of the lake's files; None when they are in a bucket."""
    url, _ = config.lake_urls
    return None if url.startswith("s3://") else Path(url.removeprefix("file://"))


def _in_use(config: Config) -> bool:
    folder = _files_folder(config)
    return folder is None or folder.is_dir() or (config.home / FOLDER).is_dir()


def collect(config: Config, folder: Path) -> Iterator[Path]:
    """Copy the lake below ``folder``; the files of the copy. Nothing when no process has used a lake yet."""
    if not _in_use(config):
        return
    with closing(open_lake(*config.lake_urls)) as lake:
        lake.backup(folder / FOLDER)
    yield from (path for path in sorted((folder / FOLDER).rglob("*")) if path.is_file())


def restore(config: Config, folder: Path) -> None:
    """Put the unpacked lake in place of the present one, which goes to ``before-restore`` beside it."""
    source = folder / FOLDER
    if not source.is_dir():
        return
    target = _files_folder(config)
    for present in {config.home / FOLDER, target} - {None}:
        _set_aside(present)
    (config.home / FOLDER).mkdir(parents=True, exist_ok=True)
    if (source / CATALOGUE).is_file():
        shutil.move(source / CATALOGUE, config.home / FOLDER / CATALOGUE)
    if target is not None:
        target.mkdir(parents=True, exist_ok=True)
        for each in [each for each in source.iterdir() if each.is_dir()]:
            shutil.move(each, target / each.name)
    with closing(open_lake(*config.lake_urls)) as lake:
        lake.adopt(source)


def _set_aside(present: Path | None) -> None:
    if present is None or not present.is_dir():
        return
    aside = present.parent / "before-restore" / present.name
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(present, aside)
