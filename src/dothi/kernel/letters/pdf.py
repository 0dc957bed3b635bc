"""Letters as PDF/A-2a files: tagged for screen readers, fonts inside, the same bytes for the same letter."""

from __future__ import annotations

import tempfile
from datetime import UTC
from pathlib import Path
from threading import Lock
from typing import Final, Literal

import typst

from dothi.core.clock import now
from dothi.core.errors import BadInput, both
from dothi.kernel.letters.composing import Letter, source

FONTS: Final = Path(__file__).resolve().parent / "fonts"
_fonts: list[typst.Fonts] = []
_lock = Lock()


def render(letter: Letter) -> bytes:
    """The letter as a PDF. Raises :class:`BadInput` when its text cannot be set."""
    text, files = source(letter)
    with tempfile.TemporaryDirectory(prefix="dothi-letter-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        main = Path(folder) / "letter.typ"
        main.write_text(text, encoding="utf-8")
        try:
            return _compiled(main, letter, "a-2a")
        except typst.TypstError:
            # A letter of a script without a font here may not be archived as PDF/A; it is shown as a box.
            pass
        try:
            return _compiled(main, letter, "1.7")
        except typst.TypstError as error:
            raise BadInput(
                both("Không dựng được văn bản này.", "This letter cannot be set."), why=error.message
            ) from error


def _compiled(main: Path, letter: Letter, standard: Literal["a-2a", "1.7"]) -> bytes:
    made = typst.compile(
        main,
        root=main.parent,
        font_paths=_loaded(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=standard,
        timestamp=(letter.at or now()).astimezone(UTC).replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


def _loaded() -> typst.Fonts:
    """The fonts, read once."""
    with _lock:
        if not _fonts:
            _fonts.append(
                typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
            )
        return _fonts[0]
