"""What the documentation says of settings, commands, permissions and APIs is what the code says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_reference_pages_are_up_to_date():
    # In a process of its own: record types that other tests declare bring permissions with them.
    script = ROOT / "scripts" / "reference.py"
    told = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (told.returncode, (told.stdout + told.stderr).strip()) == (0, "")


@pytest.mark.parametrize(
    "page", [p for p in ROOT.glob("**/*.md") if not {".venv", "vendor", "var"} & set(p.parts)], ids=str
)
def test_links_between_pages_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = [
        t for t in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in t and not t.startswith("mailto:")
    ]
    assert [t for t in targets if not (page.parent / t).exists()] == []
