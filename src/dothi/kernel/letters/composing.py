"""A whole letter as Typst source: the state's heading, number, place and date, title, body, signature, code.

The layout follows the annex of Decree 30/2020/NĐ-CP on clerical work: A4, margins 20–25 mm above and below, 30–35 mm
on the left, 15–20 mm on the right, an upright serif of 13–14 points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import segno

from dothi.core.clock import HCMC, now
from dothi.kernel.letters.filling import fill
from dothi.kernel.letters.markup import quoted, to_typst

STATE: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
STATE_EN: Final = "SOCIALIST REPUBLIC OF VIET NAM"
MOTTO_EN: Final = "Independence - Freedom - Happiness"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says and who sends it. ``body`` and ``title`` are texts with placeholders for ``facts``."""

    title: str
    body: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    language: str = "vi"
    agency: str = ""
    above: str = ""  # the agency above it, written first
    number: str = ""
    place: str = ""
    at: datetime | None = None
    form: str = ""  # the form's name in the regulation: "Mẫu số 01"
    signer_title: str = ""
    signer: str = ""
    to: tuple[str, ...] = ()  # "Nơi nhận"
    code: str = ""
    link: str = ""  # where the letter can be followed and checked; shown as a QR code
    notes: tuple[str, ...] = ()  # below a line at the end: that it is a test, that it is simulated


def source(letter: Letter) -> tuple[str, dict[str, bytes]]:
    """The Typst source, and the files it reads."""
    files = {"qr.svg": _qr(letter.link)} if letter.link else {}
    title = fill(letter.title, letter.facts, letter.language)
    pieces = [
        _page(letter, title),
        _heading(letter),
        f"#v(6mm)\n#align(center)[#heading(level: 1)[{quoted(title.upper())}]]\n#v(3mm)",
        to_typst(letter.body, letter.facts, letter.language),
        _signature(letter),
        _tail(letter),
    ]
    return "\n".join(pieces), files


def _page(letter: Letter, title: str) -> str:
    code = quoted(letter.code) if letter.code else ""
    return f"""#set document(title: {quoted(title)[1:]}, author: {quoted(letter.agency or "dothi")[1:]})
#set page(paper: "a4", margin: (top: 22mm, bottom: 22mm, left: 30mm, right: 18mm), footer: context [
  #set text(size: 9pt)
  #grid(columns: (1fr, auto), [{code}], [#counter(page).display()/#counter(page).final().first()])
])
#set text(font: ("Tinos", "Libertinus Serif"), size: 13pt, lang: "{letter.language}")
#set par(justify: true, leading: 0.75em, spacing: 0.9em)
#show heading.where(level: 1): set text(size: 14pt, weight: "bold")
#show heading.where(level: 2): set text(size: 13pt, weight: "bold")
#set list(indent: 6mm, marker: [-])
#set enum(indent: 6mm)"""


def _heading(letter: Letter) -> str:
    state, motto = (STATE_EN, MOTTO_EN) if letter.language == "en" else (STATE, MOTTO)
    number = _numbered(letter)
    left = [
        f"#text(size: 12pt)[{quoted(letter.above.upper())}] #linebreak()" if letter.above else "",
        f'#text(size: 12pt, weight: "bold")[{quoted(letter.agency.upper())}]' if letter.agency else "",
        "#v(-2mm) #line(length: 28%, stroke: 0.5pt)" if letter.agency else "",
        number,
    ]
    return f"""#[#set par(justify: false)
#grid(columns: (4fr, 6fr), column-gutter: 4mm, align: center,
[{"".join(left)}],
[#text(size: 12pt, weight: "bold")[{quoted(state)}] #linebreak() #text(size: 13pt, weight: "bold")[{quoted(motto)}]
#v(-2mm) #line(length: 55%, stroke: 0.5pt)
#text(style: "italic")[{quoted(_dated(letter))}]])]
{f'#align(right)[#text(size: 11pt, style: "italic")[{quoted(letter.form)}]]' if letter.form else ""}"""


def _numbered(letter: Letter) -> str:
    if not letter.number:
        return ""
    return quoted(f"{'No.' if letter.language == 'en' else 'Số:'} {letter.number}")


def _dated(letter: Letter) -> str:
    day = (letter.at or now()).astimezone(HCMC)
    place = f"{letter.place}, " if letter.place else ""
    if letter.language == "en":
        return f"{place}{day.day} {day:%B} {day.year}"
    return f"{place}ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"


def _signature(letter: Letter) -> str:
    if not (letter.signer_title or letter.signer):
        return ""
    word = "Recipients:" if letter.language == "en" else "Nơi nhận:"
    copies = " #linebreak() ".join(quoted(f"- {each};") for each in letter.to)
    left = f'#text(size: 12pt, style: "italic", weight: "bold")[{quoted(word)}] #linebreak() #text(size: 11pt)[{copies}]'
    return f"""#v(6mm)
#block(breakable: false)[#grid(columns: (1fr, 1fr), [{left if letter.to else ""}],
[#align(center)[#strong[{quoted(letter.signer_title.upper())}] #v(22mm) #strong[{quoted(letter.signer)}]]])]"""


def _tail(letter: Letter) -> str:
    """Where the letter can be checked, and what a reader must know about it."""
    if not (letter.link or letter.notes):
        return ""
    word = (
        "Follow and check this letter at" if letter.language == "en" else "Theo dõi và kiểm tra giấy này tại"
    )
    where = f"{quoted(word)} #linebreak() #link({quoted(letter.link)[1:]})" if letter.link else ""
    notes = " #linebreak() ".join(f"#strong[{quoted(each)}]" for each in letter.notes)
    picture = f'#image("qr.svg", width: 24mm, alt: {quoted("QR: " + letter.link)[1:]})' if letter.link else ""
    return f"""#v(1fr, weak: true)
#block(breakable: false)[#set text(size: 10pt)
#grid(columns: (auto, 1fr), column-gutter: 4mm, align: horizon, [{picture}],
[{where}{" #linebreak() " if where and notes else ""}{notes}])]"""


def _qr(link: str) -> bytes:
    return str(segno.make(link, error="m", micro=False).svg_inline(border=2, scale=4)).encode()
