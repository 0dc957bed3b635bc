"""Every text of the pages has its Vietnamese, and the compiled catalogue is the one that is read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

HERE = Path(__file__).resolve().parent.parent
CATALOGUE = HERE / "locale" / "vi" / "LC_MESSAGES"
KEYWORDS = {"gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "_": None}


def texts() -> dict[str, str]:
    """Every text to translate (of a plural its first form), and the file it stands in."""
    found: dict[str, str] = {}
    for path in sorted(HERE.rglob("*")):
        if {"tests", "migrations"} & set(path.parts) or path.suffix not in (".py", ".html"):
            continue
        source = path.read_text(encoding="utf-8")
        source = templatize(source, origin=str(path)) if path.suffix == ".html" else source
        for _, message, _, _ in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            found[message if isinstance(message, str) else message[0]] = path.name
    return found


@pytest.fixture(scope="module")
def written():
    with (CATALOGUE / "django.po").open("rb") as file:
        return read_po(file, locale="vi")


def vietnamese(message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def first(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_every_text_has_its_vietnamese(written):
    known = {first(m): vietnamese(m) for m in written if m.id}
    missing = {text: where for text, where in texts().items() if not known.get(text)}
    assert missing == {}


def test_no_translation_lost_a_value_that_is_filled_in(written):
    wrong = [str(m.id) for m in written for _ in m.check()]
    assert wrong == []


def test_the_compiled_catalogue_is_up_to_date(written):
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = {first(m): vietnamese(m) for m in read_mo(file) if m.id}
    assert compiled == {first(m): vietnamese(m) for m in written if m.id and not m.fuzzy}
