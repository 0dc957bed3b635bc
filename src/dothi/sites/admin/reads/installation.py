"""What this installation is made of: versions, what its data weighs, the settings in force."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dothi import __version__
from dothi.core.config import SETTINGS, Config, Setting, current
from dothi.engines import registry
from dothi.engines.store.base import StoreError
from dothi.sites.admin.reads.setting_words import VIETNAMESE
from dothi.sites.ui.shell import language

LIBRARIES = (
    "Django",
    "granian",
    "msgspec",
    "shapely",
    "numpy",
    "django-allauth",
    "psycopg",
    "nats-py",
    "paho-mqtt",
)
# What the first part of a file's name in the data folder means to people.
_CONTENTS: dict[str, str | Promise] = {
    "city": gettext_lazy("The city's database"),
    "context": gettext_lazy("The live city and its history"),
    "static": gettext_lazy("Files for browsers"),
    "secrets": gettext_lazy("Secrets"),
    "backups": gettext_lazy("Backups"),
    "logs": gettext_lazy("Logs"),
    "replays": gettext_lazy("Rows refused by replays"),
}


@dataclass(frozen=True, slots=True)
class Weight:
    """Something kept, and how many bytes it takes."""

    name: str
    what: str
    size: int


@dataclass(frozen=True, slots=True)
class Storage:
    """The data folder: what is in it, the disk it lies on, and PostgreSQL's size when that is used."""

    home: Path
    contents: list[Weight]
    free: int
    capacity: int
    database: int | None

    @property
    def total(self) -> int:
        """All of the folder together."""
        return sum(weight.size for weight in self.contents)

    @property
    def free_share(self) -> float:
        """How much of the disk is free, 0 to 1."""
        return self.free / self.capacity if self.capacity else 1.0


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting as it is now. A secret only says whether it is set; ``choices`` are the words it may be."""

    name: str
    choices: str
    value: str
    default: str
    doc: str
    changed: bool
    secret: bool


def versions() -> list[tuple[str, str]]:
    """The platform, what it runs on, and its main libraries."""
    found = [
        ("dothi", __version__),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
    ]
    found += [("PostgreSQL", server)] if (server := _server("SHOW server_version")) else []
    return found + list(_libraries()) + [(platform.system(), platform.release())]


def _libraries() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _server(sql: str) -> str:
    """One answer of PostgreSQL; empty when the city is kept in SQLite or cannot be asked."""
    if not current().database_url:
        return ""
    try:
        with registry.store("city").read() as session:
            return str(session.query(sql)[0][0])
    except (StoreError, registry.NotWired):
        return ""


def storage() -> Storage:
    """What the data folder weighs, its largest contents first."""
    home = current().home
    sizes: dict[str, int] = {}
    for entry in os.scandir(home):
        name = _family(entry.name) if entry.is_file(follow_symlinks=False) else entry.name + "/"
        sizes[name] = sizes.get(name, 0) + _size(Path(entry.path))
    contents = [Weight(name, _meaning(name), size) for name, size in sizes.items()]
    disk = shutil.disk_usage(home)
    database = _server("SELECT pg_database_size(current_database())")
    ordered = sorted(contents, key=lambda weight: (-weight.size, weight.name))
    return Storage(home, ordered, disk.free, disk.total, int(database) if database else None)


def _family(name: str) -> str:
    """SQLite's journal files belong to their database."""
    return name.removesuffix("-wal").removesuffix("-shm")


def _meaning(name: str) -> str:
    return str(_CONTENTS.get(name.partition(".")[0].strip("/"), ""))


def _size(path: Path) -> int:
    if path.is_file() or path.is_symlink():
        return _bytes(path)
    return sum(_bytes(Path(folder) / name) for folder, _dirs, names in os.walk(path) for name in names)


def _bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # gone between listing and asking
        return 0


def settings_in_force() -> list[InForce]:
    """Every setting in the order they are declared."""
    config = current()
    return [_in_force(setting, config) for setting in SETTINGS]


def _in_force(setting: Setting, config: Config) -> InForce:
    value, default = getattr(config, setting.key), setting.parse(setting.default)
    if setting.kind == "folder" and setting.default:
        default = Path(setting.default)
        default = default.absolute() if setting.key == "home" else default
    doc = VIETNAMESE.get(setting.key, setting.doc) if language() == "vi" else setting.doc
    hidden = _("set, hidden") if value else ""
    shown = hidden if setting.secret else _written(value)
    return InForce(
        setting.variable,
        setting.kind if "|" in setting.kind else "",
        shown,
        _written(default),
        doc,
        value != default,
        setting.secret,
    )


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
