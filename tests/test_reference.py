"""What the documentation says of settings, commands, permissions and APIs is what the code says."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_reference_pages_are_up_to_date(db):
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    assert reference.stale() == []


@pytest.mark.parametrize(
    "page", [p for p in ROOT.glob("**/*.md") if not {".venv", "vendor", "var"} & set(p.parts)], ids=str
)
def test_links_between_pages_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = [
        t for t in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in t and not t.startswith("mailto:")
    ]
    assert [t for t in targets if not (page.parent / t).exists()] == []
