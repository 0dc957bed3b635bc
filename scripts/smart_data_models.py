"""Write into the packs what Smart Data Models publishes: attributes, kinds, descriptions, terms.

    python scripts/smart_data_models.py            # write models/ and contexts/ of every pack again
    python scripts/smart_data_models.py --check    # change nothing; fail if something would change
    python scripts/smart_data_models.py --new Building dataModel.Building packs/my-pack

Reads the package ``pysmartdatamodels`` (extra ``models``); needs no network. It owns two folders of a
pack: ``models/`` (a file an entity type) and ``contexts/`` (a file a subject). What people wrote (labels,
units, ranges and thresholds in ``entities/``) is only read: nothing of it can be lost. ``dothi check`` then
says where the two disagree. ``--new`` also begins a file in ``entities/``, with empty Vietnamese labels that
``dothi check`` asks for.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import defaultdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

PACKS = Path(__file__).resolve().parent.parent / "src" / "dothi" / "packs"
HEADER = "# Written by scripts/smart_data_models.py from pysmartdatamodels {version}. Do not edit.\n"
SCHEMA = "# yaml-language-server: $schema={path}\n"
COMMON = frozenset({"id", "type", "bbox", "coordinates"})
KINDS = {"Property": "property", "GeoProperty": "geo", "Relationship": "relationship"}
VALUES = {
    "string": "text",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "object": "object",
    "array": "list",
}
WORDS = 300


def assets() -> Path:
    """The folder of the package's data; the package itself is not imported (it opens files on import)."""
    spec = find_spec("pysmartdatamodels")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pysmartdatamodels is not installed. Run: ./dothi add models")
    return Path(spec.submodule_search_locations[0]) / "model-assets"


def package_version() -> str:
    """The package's version, as written into the header."""
    from importlib.metadata import version

    return version("pysmartdatamodels")


@cache
def rows() -> list[dict[str, Any]]:
    """Every property of every published model."""
    with gzip.open(assets() / "smartdatamodels.json.gz") as file:
        return json.load(file)


@cache
def metadata() -> dict[tuple[str, str], dict[str, Any]]:
    """(subject, type) → version, context, source."""
    models = json.loads((assets() / "datamodels_metadata.json").read_text(encoding="utf-8"))
    return {(each["subject"], each["dataModel"]): each for each in models}


def tidy(text: str | None) -> str | None:
    """A description on one line, cut at a word."""
    line = re.sub(r"\s+", " ", text or "").strip()
    return (line if len(line) <= WORDS else line[:WORDS].rsplit(" ", 1)[0] + " …") or None


def value_kind(row: dict[str, Any]) -> str | None:
    """Our name of a property's JSON type."""
    if row.get("format") == "date-time":
        return "datetime"
    return VALUES.get(str(row.get("type")))


def attribute(row: dict[str, Any]) -> dict[str, Any]:
    """One published attribute, without empty fields."""
    found = {
        "key": row["property"],
        "iri": row["context"],
        "kind": KINDS.get(row.get("typeNGSI") or "Property", "property"),
        "value": value_kind(row),
        "units": row.get("units"),
        "choices": [str(choice) for choice in row.get("enum") or ()],
        "description": tidy(row.get("description")),
    }
    return {key: value for key, value in found.items() if value not in (None, [], "")}


def model(subject: str, kind: str) -> dict[str, Any]:
    """The published model of one entity type."""
    about = metadata().get((subject, kind))
    if about is None:
        raise SystemExit(f"Smart Data Models publishes no {kind} in {subject}.")
    mine = [
        row
        for row in rows()
        if row["repoName"] == subject and row["dataModel"] == kind and "parentId" not in row
    ]
    attributes = {row["property"]: attribute(row) for row in mine if row["property"] not in COMMON}
    return {
        "type": kind,
        "iri": f"https://smartdatamodels.org/{subject}/{kind}",
        "subject": subject,
        "version": about["version"],
        "source": f"https://github.com/smart-data-models/{subject}/tree/master/{kind}",
        "context": about["@context"],
        "description": tidy(about.get("description")),
        "required": [name for name in about.get("required", ()) if name not in COMMON],
        "attributes": [attributes[name] for name in sorted(attributes)],
    }


def context(subject: str) -> dict[str, Any]:
    """The JSON-LD context of a subject: its types and every property of them."""
    terms = {
        row["property"]: row["context"] for row in rows() if row["repoName"] == subject and row.get("context")
    }
    terms |= {
        kind: f"https://smartdatamodels.org/{subject}/{kind}"
        for owner, kind in metadata()
        if owner == subject
    }
    return {
        "subject": subject,
        "urls": [
            f"https://raw.githubusercontent.com/smart-data-models/{subject}/master/context.jsonld",
            f"https://smart-data-models.github.io/{subject}/context.jsonld",
        ],
        "terms": {term: terms[term] for term in sorted(terms) if term not in ("id", "type")},
    }


class Dumper(yaml.SafeDumper):
    """Block style, keys in our order, every value written out (no aliases)."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(data: dict[str, Any], schema: str) -> str:
    """The file for ``data``."""
    header = SCHEMA.format(path=schema) + HEADER.format(version=package_version())
    return header + yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=150)


def declared(pack: Path) -> dict[str, str]:
    """Entity type → subject, from the pack's entities/*.yaml; types that are the pack's own are left out."""
    found: dict[str, str] = {}
    for path in sorted((pack / "entities").glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "extension" not in data:
            found[data["key"]] = data["model"]["subject"]
    return found


def required_subjects(pack: Path) -> set[str]:
    """The subjects whose context a pack that this one requires already brings."""
    manifest = yaml.safe_load((pack / "pack.yaml").read_text(encoding="utf-8"))
    others = [other for key in manifest.get("requires", ()) for other in (pack.parent / key, PACKS / key)]
    return {
        subject for other in others if (other / "pack.yaml").is_file() for subject in declared(other).values()
    }


def schema_path(pack: Path, name: str) -> str:
    """The way from a pack's sub-folder to the JSON Schema, for editors."""
    root = PACKS.parent.parent.parent
    try:
        depth = len(pack.resolve().relative_to(root).parts) + 1
    except ValueError:
        return f"{root}/docs/reference/schemas/{name}.json"
    return "../" * depth + f"docs/reference/schemas/{name}.json"


def files_of(pack: Path) -> dict[Path, str]:
    """What the generated files of a pack should hold."""
    kinds = declared(pack)
    wanted = {
        pack / "models" / f"{kind}.yaml": written(model(subject, kind), schema_path(pack, "model"))
        for kind, subject in kinds.items()
    }
    for subject in sorted(set(kinds.values()) - required_subjects(pack)):
        name = subject.removeprefix("dataModel.")
        wanted[pack / "contexts" / f"{name}.yaml"] = written(context(subject), schema_path(pack, "context"))
    return wanted


def changes(pack: Path) -> dict[Path, str | None]:
    """Files to write (text) or to remove (None) so that the pack follows the published models."""
    wanted = files_of(pack)
    there = {
        path: path.read_text(encoding="utf-8")
        for folder in ("models", "contexts")
        for path in (pack / folder).glob("*.yaml")
    }
    written_now: dict[Path, str | None] = {
        path: text for path, text in wanted.items() if there.get(path) != text
    }
    # Only what this script wrote may go; a file without its header is somebody's own.
    gone = [
        path
        for path, text in there.items()
        if path not in wanted and "Written by scripts/smart_data_models.py" in text
    ]
    return written_now | dict.fromkeys(gone)


def apply(changed: dict[Path, str | None]) -> None:
    """Write and remove."""
    for path, text in changed.items():
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def begin(kind: str, subject: str, pack: Path) -> Path:
    """Begin entities/<kind>.yaml: the published names and kinds, labels for a person to write."""
    path = pack / "entities" / f"{kind}.yaml"
    if path.exists():
        raise SystemExit(f"{path} is there already.")
    published = model(subject, kind)
    about = {key: published[key] for key in ("subject", "context", "source")}
    label = {
        "vi": "",
        "en": " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", kind)).lower().capitalize(),
    }
    skeleton = {
        "key": kind,
        "iri": published["iri"],
        "label": label,
        "plural": label,
        "model": about,
        "icon": "marker",
        "access": "internal",
        "stale_after": "1 hour",
        "attributes": [begun(each) for each in published["attributes"]],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        SCHEMA.format(path=schema_path(pack, "entity-type"))
        + yaml.dump(skeleton, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=150),
        encoding="utf-8",
    )
    return path


def begun(published: dict[str, Any]) -> dict[str, Any]:
    """One attribute to be completed by a person."""
    found = {
        "key": published["key"],
        "label": {"vi": "", "en": published.get("description", published["key"])},
    }
    found |= {"kind": published["kind"]} if published["kind"] != "property" else {}
    return found | {"value": published.get("value", "text")}


def main(arguments: list[str] | None = None) -> int:
    """Bring the packs up to date; see the module's text."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if something would change"
    )
    parser.add_argument(
        "--new", nargs=3, metavar=("TYPE", "SUBJECT", "PACK"), help="begin an entity type in a pack"
    )
    parser.add_argument("packs", nargs="*", type=Path, help="pack folders (default: those of the platform)")
    options = parser.parse_args(arguments)
    if options.new:
        kind, subject, folder = options.new
        print(f"begun: {begin(kind, subject, Path(folder))}")
        options.packs = [Path(folder)]
    folders = options.packs or sorted(path.parent for path in PACKS.glob("*/pack.yaml"))
    by_pack = defaultdict(dict)
    for folder in folders:
        by_pack[folder] = changes(folder)
    for changed in by_pack.values():
        for path, text in changed.items():
            print(f"{'remove' if text is None else 'write'}: {path}")
        if not options.check:
            apply(changed)
    return 1 if options.check and any(by_pack.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
