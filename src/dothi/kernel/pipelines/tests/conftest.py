"""An installation with packs of its own and an empty lake, for tests of runs from end to end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dothi.core import config
from dothi.engines import registry
from dothi.engines.lake.registry import open_lake
from dothi.kernel.packs import queries as packs
from dothi.kernel.pipelines import declared

PACK = """\
key: {name}
version: 1.0.0
label: {{vi: Thử, en: Test}}
owner: Somebody
quality: bronze
"""
DATASET = """\
key: {key}
title: {{vi: Bộ {key}, en: The {key}}}
description: {{vi: Để thử., en: For tests.}}
licence: cc-by-4.0
publisher: test
publisher_label: {{vi: Người thử, en: A tester}}
source: {{vi: Tự tạo., en: Made here.}}
"""
Install = Callable[..., Path]


def dataset(key: str, columns: dict[str, str], *more: str) -> str:
    """A dataset's declaration: column → type, then further lines of YAML."""
    lines = [
        f"  - {{name: {name}, type: {kind}, label: {{vi: {name}, en: {name}}}}}"
        for name, kind in columns.items()
    ]
    return DATASET.format(key=key) + "\n".join(["columns:", *lines, *more]) + "\n"


def source(key: str, of: str, *more: str) -> str:
    """A source's declaration."""
    return (
        "\n".join([f"key: {key}", f"label: {{vi: Nguồn {key}, en: Source {key}}}", f"dataset: {of}", *more])
        + "\n"
    )


def model(key: str, of: str, sql: str, *more: str) -> str:
    """A model's file."""
    head = [f"key: {key}", f"label: {{vi: Mô hình {key}, en: Model {key}}}", f"dataset: {of}", *more]
    return "/*\n" + "\n".join(head) + "\n*/\n" + sql + "\n"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Make a pack of these files (``datasets__air.yaml=…``) the only one of the installation, and an inbox."""

    def write(**files: str) -> Path:
        folder = tmp_path / "packs" / "test"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pack.yaml").write_text(PACK.format(name="test"), encoding="utf-8")
        for name, text in files.items():
            part, _, key = name.partition("__")
            suffix = ".sql" if text.lstrip().startswith("/*") else ".yaml"
            path = folder / part / f"{key.replace('_', '-')}{suffix}"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        forget()
        return folder

    def forget() -> None:
        config.current.cache_clear()
        packs.reload()
        declared.forget()

    monkeypatch.setenv("DOTHI_PACKS", "")
    monkeypatch.setenv("DOTHI_PACK_FOLDER", str(tmp_path / "packs"))
    monkeypatch.setenv(
        "DOTHI_SHARED", os.environ.get("DOTHI_SHARED", str(config.current().shared.absolute()))
    )
    yield write
    monkeypatch.undo()
    forget()


@pytest.fixture
def inbox(install: Install) -> Path:
    """The folder that file sources read."""
    import shutil

    folder = config.current().home / "inbox"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def lake(transactional_db: None, wired: None, tmp_path: Path) -> Iterator[None]:
    """The database, and a lake that no other test has written to."""
    catalog = f"sqlite:///{tmp_path / 'catalog.sqlite3'}"
    (tmp_path / "lake").mkdir()
    registry.use_lake(lambda: open_lake(str(tmp_path / "lake"), catalog))
    yield
    registry.lake().close()
