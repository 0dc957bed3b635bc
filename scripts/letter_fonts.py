#!/usr/bin/env python3
"""Make the fonts of letters from the npm package @fontsource/tinos: its Latin and Vietnamese parts as one TrueType file each.

Needs npm and ``pip install fonttools brotli``; nothing of the package is executed. ``--check`` only compares with the manifest.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "dothi" / "kernel" / "letters" / "fonts"
PACKAGE = "@fontsource/tinos"
STYLES = {
    "400-normal": "tinos-regular.ttf",
    "400-italic": "tinos-regular-italic.ttf",
    "700-normal": "tinos-bold.ttf",
    "700-italic": "tinos-bold-italic.ttf",
}


def digests() -> dict[str, str]:
    """The SHA-256 of every file of the folder."""
    files = sorted(path for path in TARGET.iterdir() if path.name != "manifest.json")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def make() -> None:
    """Write the folder again."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = ["npm", "pack", "--ignore-scripts", "--silent", f"{PACKAGE}@5"]
        archive = subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with tarfile.open(folder / archive) as packed:
            packed.extractall(folder, filter="data")
        package = folder / "package"
        version = json.loads((package / "package.json").read_text())["version"]
        for style, target in STYLES.items():
            parts = []
            for subset in ("latin", "vietnamese"):
                font = TTFont(package / "files" / f"tinos-{subset}-{style}.woff2")
                font.flavor = None
                parts.append(str(folder / f"{subset}-{style}.ttf"))
                font.save(parts[-1])
            Merger().merge(parts).save(TARGET / target)
        (TARGET / "LICENSE.txt").write_bytes((package / "LICENSE").read_bytes())
    manifest = {"package": PACKAGE, "version": version, "licence": "OFL-1.1", "files": digests()}
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> int:
    """Make or check; the exit code."""
    if "--check" not in sys.argv:
        make()
        return 0
    return int(json.loads((TARGET / "manifest.json").read_text())["files"] != digests())


if __name__ == "__main__":
    sys.exit(main())
