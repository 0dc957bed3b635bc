#!/usr/bin/env python3
"""The catalogue of translations of the sites: collect the English words, merge them, compile, check.

``python scripts/messages.py`` collects from ``src/dothi/sites`` (Python and templates), merges into the Vietnamese
catalogue and compiles it; ``--check`` only tells what is missing, empty, unused or not compiled. A surface with a
catalogue of its own is named: ``python scripts/messages.py admin``.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SITES = ROOT / "src" / "dothi" / "sites"
PO = SITES / "ui" / "locale" / "vi" / "LC_MESSAGES" / "django.po"
OWN = frozenset(
    {"admin", "casework", "citizen", "counter", "data", "designer", "desk", "forms", "hotline", "treasury"}
)  # surfaces that keep a catalogue of their own
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
# Written once and kept, so that collecting twice gives the same file.
STAMP = datetime.fromisoformat("2026-01-01T00:00:00+07:00")


def choose(surface: str) -> None:
    """Work on the own catalogue of one surface instead of the common one."""
    global SITES, PO
    SITES = SITES / surface
    PO = SITES / "locale" / "vi" / "LC_MESSAGES" / "django.po"


def _code(path: Path) -> bytes:
    """The source that words are extracted from: Python itself, or what Django's templatize makes of a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        from django.utils.translation.template import templatize

        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    return text.encode()


def sources() -> Iterator[Path]:
    """Every file of the sites that may hold words for people."""
    elsewhere = {"tests", "vendor"} | (OWN - set(SITES.relative_to(ROOT).parts))
    for pattern in ("*.py", "*.html"):
        yield from sorted(p for p in SITES.rglob(pattern) if not elsewhere & set(p.relative_to(ROOT).parts))


def collected() -> Catalog:
    """All words in the sources, with where they are."""
    catalog = Catalog(locale="vi", project="dothi", version="1", creation_date=STAMP, charset="utf-8")
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for _line, words, _comments, context in extract("python", io.BytesIO(_code(path)), keywords=KEYWORDS):
            catalog.add(
                words,
                locations=[(where, None)],
                context=context,
                flags=["python-format"] if _formatted(words) else [],
            )
    return catalog


def _formatted(words: str | tuple[str, ...]) -> bool:
    return any("%(" in word for word in ([words] if isinstance(words, str) else words))


def known() -> Catalog:
    """The Vietnamese catalogue as it is."""
    if not PO.is_file():
        return Catalog(locale="vi", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="vi", charset="utf-8")


def merge() -> Catalog:
    """The catalogue with all words of the sources and the translations there are; unused ones are left out."""
    fresh, old = collected(), known()
    for message in fresh:
        if message.id and (before := old.get(message.id, message.context)) is not None:
            message.string = before.string
    fresh.header_comment = (
        "# Vietnamese words of the sites. Collected and compiled by scripts/messages.py.\n#"
    )
    fresh.revision_date = STAMP
    fresh.last_translator = "The dothi contributors"
    fresh.language_team = "vi"
    return fresh


def _text(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, include_lineno=False)
    return out.getvalue()


def _binary(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def empty(catalog: Catalog) -> list[str]:
    """The words that have no Vietnamese yet."""
    return [
        str(m.id)
        for m in catalog
        if m.id and not all(m.string if isinstance(m.string, tuple) else (m.string,))
    ]


def problems() -> list[str]:
    """What is wrong with the catalogue, in words."""
    merged = merge()
    found = [f"no Vietnamese for {word!r}" for word in empty(merged)]
    found += [f"{m.id!r}: {error}" for m, errors in merged.check() for error in errors]
    if not PO.is_file() or PO.read_bytes() != _text(merged):
        found.append("the catalogue is not as scripts/messages.py writes it: run it")
    mo = PO.with_suffix(".mo")
    if not mo.is_file() or mo.read_bytes() != _binary(merged):
        found.append("the compiled catalogue is not of this text: run scripts/messages.py")
    return found


def main() -> int:
    """Write the catalogue, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; tell what is missing")
    parser.add_argument("surface", nargs="?", choices=sorted(OWN), help="the catalogue of this surface alone")
    arguments = parser.parse_args()
    if arguments.surface:
        choose(arguments.surface)
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    if not arguments.check:
        merged = merge()
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(_text(merged))
        PO.with_suffix(".mo").write_bytes(_binary(merged))
    found = problems()
    print("\n".join(found) or f"{PO.relative_to(ROOT)}: complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
