"""The two small types of the registers' own tests, a home of one's own, and files written by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers.imports import actions
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.tests.conftest import small_types

__all__ = ["small_types"]
Bring = Callable[..., ImportJob]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uploads go below the test's own folder."""
    monkeypatch.setattr(ImportJob, "folder", property(lambda job: tmp_path / "uploads" / str(job.pk)))
    return tmp_path


@pytest.fixture
def bring(db) -> Bring:
    """A file brought as text or bytes: ``bring("owner", "a.csv", "full_name\\nAn\\n")``."""

    def make(type: str, name: str, content: str | bytes, *, by=SYSTEM, **options) -> ImportJob:
        raw = content.encode() if isinstance(content, str) else content
        return actions.bring(type, name, [raw], by=by, options=options)

    return make
