"""The browser libraries are as they were published."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]
VENDOR = ROOT / "src/dothi/sites/ui/static/vendor"


@pytest.fixture(scope="module")
def vendor():
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "scripts/vendor.py")
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["vendor"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["vendor"]


def test_every_file_is_as_the_manifest_says(vendor):
    assert vendor.problems(VENDOR) == []


def test_every_file_names_its_package_version_and_licence():
    rows = json.loads((VENDOR / "manifest.json").read_text())
    assert all(row["package"] and row["version"] and row["licence"] for row in rows)


def test_a_changed_file_is_found(vendor, tmp_path):
    (tmp_path / "a.js").write_text("changed")
    (tmp_path / "manifest.json").write_text(
        json.dumps([{"file": "a.js", "sha256": "0"}, {"file": "b.js", "sha256": "0"}])
    )
    (tmp_path / "c.js").write_text("new")
    assert vendor.problems(tmp_path) == ["c.js is not in the manifest", "b.js is missing", "a.js was changed"]


def test_every_icon_is_there_that_a_pack_may_name():
    from dothi.kernel.packs.icons import icons

    known = json.loads((VENDOR / "maki/icons.json").read_text())
    assert set(icons()) <= set(known)
