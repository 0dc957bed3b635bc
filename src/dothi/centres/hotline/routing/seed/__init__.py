"""Citizen reports written for this project (CC0, ``provenance: simulated``): to learn from, and to be tested on.

``parts_*.txt``: whole texts; ``+`` what happened and ``~`` what is said besides, from which more are put together.
``words.txt``: what people call things. ``development_*.txt``: written apart, deliberately without the usual words;
the way of learning was chosen on them, and the shipped model has learned from them. ``held_out_*.txt``: written
after that choice, as a clerk's notes of calls, chats, letters; no model learns from them. One author wrote all.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Final, Literal

from msgspec import Struct

from dothi.centres.hotline.routing.evaluation import Labelled
from dothi.kernel.packs.reports import ReportCategory

Part = Literal["whole", "composed", "words", "development", "held-out"]
COMPOSED: Final = 30
"""Texts put together for each category."""
_OPENINGS: Final = ("", "", "", "Kính gửi 1022, ", "Alo, ", "Cho tôi hỏi, ", "Dạ ", "Tôi phản ánh ", "Nhờ tổng đài ", "Ở chỗ tôi ")  # fmt: skip
_PLACES: Final = (
    "", " ở hẻm 42", " trước nhà số 15", " trên đường Lê Văn Việt", " gần chợ", " khu phố 4", " phường Tân Định",
    " đoạn gần cầu", " ấp 3 xã Hóc Môn", " ngay đầu hẻm", " đối diện trường học",
)  # fmt: skip


class SeedText(Struct, frozen=True):
    """One text of the data set."""

    part: Part
    category: str
    text: str
    provenance: str = "simulated"


def _lines(name: str) -> Iterator[tuple[str, str]]:
    category = ""
    for line in files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            category = line[2:].strip()
        elif line.strip():
            yield category, line.strip()


def whole() -> list[Labelled]:
    """The texts written whole to learn from, those of the development part among them."""
    own = [Labelled(text, key) for key, text in _of("parts") if text[0] not in "+~"]
    return own + development()


def development() -> list[Labelled]:
    """The texts on which the way of learning was chosen."""
    return [Labelled(text, key) for key, text in _of("development")]


def held_out() -> list[Labelled]:
    """The texts that no model learns from."""
    return [Labelled(text, key) for key, text in _of("held_out")]


def _of(stem: str) -> Iterator[tuple[str, str]]:
    for number in (1, 2):
        yield from _lines(f"{stem}_{number}.txt")


def words() -> list[Labelled]:
    """What people call things, each as a text of its own."""
    return [
        Labelled(word.strip(), key)
        for key, line in _lines("words.txt")
        for word in line.split(";")
        if word.strip()
    ]


def composed(each: int = COMPOSED, seed: int = 3) -> list[Labelled]:
    """Texts put together from what happened and what is said besides; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    cores: dict[str, list[str]] = {}
    tails: dict[str, list[str]] = {}
    for key, text in _of("parts"):
        if text[0] in "+~":
            (cores if text[0] == "+" else tails).setdefault(key, []).append(text[1:])
    found = [Labelled(core, key) for key, own in cores.items() for core in own]
    for key, own in cores.items():
        for _ in range(each):
            text = chance.choice(own) + chance.choice(_PLACES) + ", " + chance.choice(tails[key])
            found.append(Labelled(chance.choice(_OPENINGS) + text, key))
    return found


def declared(categories: Iterable[ReportCategory]) -> list[Labelled]:
    """What the packs say of their categories, so that one nobody wrote of yet can be found too."""
    found = []
    for each in categories:
        texts = (each.label.vi, each.label.en, each.description.vi, each.description.en)
        found += [Labelled(text, each.key) for text in (*texts, *each.words, *each.examples)]
    return found


def rows() -> Iterator[SeedText]:
    """The whole data set, part by part."""
    apart = set(development())
    for part, texts in (
        ("whole", [row for row in whole() if row not in apart]),
        ("composed", composed()),
        ("words", words()),
        ("development", development()),
        ("held-out", held_out()),
    ):
        for row in texts:
            yield SeedText(part, row.category, row.text)  # type: ignore[arg-type]
