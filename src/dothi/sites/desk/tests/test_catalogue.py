"""Every word of the desk has its Vietnamese."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]


def test_the_catalogue_is_complete_and_compiled():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "messages.py", "desk", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_enumerated_value_has_its_vietnamese():
    from dothi.kernel.packs import queries as packs
    from dothi.sites.desk.reads.choices import WORDS

    declared = {
        str(value)
        for kind in packs.record_types().values()
        for schema in kind.schema["properties"].values()
        for value in schema.get("enum", ())
    }
    assert declared - WORDS.keys() == set()
