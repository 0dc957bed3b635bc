#!/usr/bin/env python3
"""Bring the browser libraries from their npm packages into static/vendor, with a manifest of what they are.

Run ``python scripts/vendor.py`` to write the folder again (needs npm; nothing of a package is executed), or
``python scripts/vendor.py --check`` to verify the files against the manifest (needs nothing).
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "dothi" / "sites" / "ui" / "static" / "vendor"
WEIGHTS = (400, 500, 600, 700, 800)
SUBSETS = ("vietnamese", "latin")


@dataclass(frozen=True)
class Package:
    """One npm package: the version range asked for, and which of its files go where under static/vendor."""

    name: str
    wanted: str
    files: dict[str, str] = field(default_factory=dict)


PACKAGES = (
    Package(
        "maplibre-gl",
        "6",
        {
            "dist/maplibre-gl.mjs": "maplibre-gl/maplibre-gl.mjs",
            "dist/maplibre-gl-worker.mjs": "maplibre-gl/maplibre-gl-worker.mjs",
            "dist/maplibre-gl.css": "maplibre-gl/maplibre-gl.css",
            "LICENSE.txt": "maplibre-gl/LICENSE.txt",
        },
    ),
    Package(
        "uplot",
        "1.6",
        {
            "dist/uPlot.esm.js": "uplot/uplot.mjs",
            "dist/uPlot.min.css": "uplot/uplot.css",
            "LICENSE": "uplot/LICENSE.txt",
        },
    ),
    Package("htmx.org", "2", {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE.txt"}),
    Package(
        "@fontsource/be-vietnam-pro",
        "5",
        {
            f"files/be-vietnam-pro-{subset}-{weight}-normal.woff2": f"be-vietnam-pro/{subset}-{weight}.woff2"
            for subset in SUBSETS
            for weight in WEIGHTS
        }
        | {"LICENSE": "be-vietnam-pro/LICENSE.txt"},
    ),
    # The licence of bpmn.io: the mark in the corner of a diagram stays, visible and with its link.
    Package(
        "bpmn-js",
        "18",
        {
            "dist/bpmn-navigated-viewer.production.min.js": "bpmn-js/bpmn-navigated-viewer.min.js",
            "dist/assets/diagram-js.css": "bpmn-js/diagram-js.css",
            "dist/assets/bpmn-js.css": "bpmn-js/bpmn-js.css",
            "LICENSE": "bpmn-js/LICENSE.txt",
        },
    ),
    Package(
        "dmn-js",
        "17",
        {
            "dist/dmn-viewer.production.min.js": "dmn-js/dmn-viewer.min.js",
            "dist/assets/dmn-js-shared.css": "dmn-js/dmn-js-shared.css",
            "dist/assets/dmn-js-decision-table.css": "dmn-js/dmn-js-decision-table.css",
            "LICENSE": "dmn-js/LICENSE.txt",
        },
    ),
    Package("@mapbox/maki", "8", {"LICENSE.txt": "maki/LICENSE.txt"}),
)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unpack(package: Package, folder: Path) -> Path:
    """Download a package with npm (no script of it runs) and unpack it; the folder with its package.json."""
    command = ["npm", "pack", "--ignore-scripts", "--silent", f"{package.name}@{package.wanted}"]
    archive = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[
        -1
    ]
    target = folder / re.sub(r"\W+", "-", package.name)
    with tarfile.open(folder / archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def icons(source: Path) -> dict[str, str]:
    """Every maki icon (15 x 15) by name as the data of its path: one small file instead of 215."""
    found = {}
    for path in sorted((source / "icons").glob("*.svg")):
        shapes = re.findall(r"<path[^>]*\sd=\"([^\"]+)\"", path.read_text(encoding="utf-8"))
        found[path.stem] = " ".join(" ".join(html.unescape(shape).split()) for shape in shapes)
    return found


def bring(folder: Path, target: Path) -> list[dict[str, str]]:
    """Copy the files of every package below ``target``; one manifest row a file."""
    rows = []
    for package in PACKAGES:
        source = unpack(package, folder)
        about = json.loads((source / "package.json").read_text(encoding="utf-8"))
        copied = dict(package.files)
        for inside, outside in copied.items():
            (target / outside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / inside, target / outside)
        if package.name == "@mapbox/maki":
            text = json.dumps(icons(source), indent=0, ensure_ascii=False) + "\n"
            (target / "maki/icons.json").write_text(text, encoding="utf-8")
            copied["icons/*.svg"] = "maki/icons.json"
        for inside, outside in copied.items():
            rows.append(
                {
                    "file": outside,
                    "package": package.name,
                    "version": about["version"],
                    "licence": about["license"],
                    "from": inside,
                    "sha256": sha256(target / outside),
                }
            )
    return sorted(rows, key=lambda row: row["file"])


def problems(target: Path) -> list[str]:
    """What differs between the folder and its manifest, in words; empty when all is as brought."""
    rows = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    listed = {row["file"]: row["sha256"] for row in rows}
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} - {"manifest.json"}
    wrong = [f"{name} is not in the manifest" for name in sorted(there - listed.keys())]
    wrong += [f"{name} is missing" for name in sorted(listed.keys() - there)]
    wrong += [
        f"{name} was changed"
        for name in sorted(there & listed.keys())
        if sha256(target / name) != listed[name]
    ]
    return wrong


def main() -> int:
    """Write the folder, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only verify the files against the manifest")
    if not parser.parse_args().check:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as fresh:
            rows = bring(Path(folder), Path(fresh))
            (Path(fresh) / "manifest.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
            shutil.rmtree(TARGET, ignore_errors=True)
            shutil.copytree(fresh, TARGET)
    wrong = problems(TARGET)
    print("\n".join(wrong) or f"{TARGET.name}: every file is as its manifest says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
