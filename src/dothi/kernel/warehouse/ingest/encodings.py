"""How a text file is encoded: Unicode, windows-1258, or the letters of TCVN3 and VNI-Windows fonts."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from dothi.core.text import nfc

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 18
_PIECE = 1 << 20

_TCVN3 = str.maketrans(
    "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ¡¢§£¤¥¦",
    "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂĐÊÔƠƯ",
)  # fmt: skip


def _vni() -> dict[str, str]:
    """A letter and the sign behind it → the letter; the few letters that are one sign alone."""
    tones = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
    breve = dict(zip("êéèúüë", ("", *tones.values()), strict=True))
    circumflex = dict(zip("âáàåãä", ("", *tones.values()), strict=True))
    pairs = {letter + sign: nfc(letter + tone) for letter in "aeouy" for sign, tone in tones.items()}
    pairs |= {"a" + sign: nfc("ă" + tone) for sign, tone in breve.items()}
    pairs |= {base + sign: nfc(base + "\u0302" + tone) for base in "aeo" for sign, tone in circumflex.items()}
    pairs |= {
        plain + sign: nfc(horned + tone)
        for plain, horned in (("ô", "ơ"), ("ö", "ư"))
        for sign, tone in tones.items()
    }
    pairs |= {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "í": "í", "ì": "ì", "î": "ỵ", "ñ": "đ"}
    upper = {given.upper(): made.upper() for given, made in pairs.items()}
    title = {given[0].upper() + given[1:]: made.upper() for given, made in pairs.items() if len(given) == 2}
    return pairs | upper | title


_VNI = _vni()
_VNI_LETTERS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_ONSET = "ngh|ng|nh|th|tr|ch|gh|gi|kh|ph|qu|[bcdđghklmnpqrstvx]"
_CODA = "ng|nh|ch|[cmnptuioy]"
_VOWEL = "[aăâeêioôơuưyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]"
_SYLLABLE = re.compile(f"(?:{_ONSET})?{_VOWEL}{{1,3}}(?:{_CODA})?")
_WORDS = re.compile(r"[^\W\d_]+")
_UNUSUAL = re.compile(r"[^\x00-\x7f]")


def _single(data: bytes) -> str:
    """Bytes of a Western code page; those it leaves out as Latin-1 has them."""
    return data.decode("cp1252", errors="dothi-latin-1")


def _latin_1(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("dothi-latin-1", _latin_1)


def _tcvn3(data: bytes) -> str:
    return _single(data).translate(_TCVN3)


def _vni_text(data: bytes) -> str:
    return _VNI_LETTERS.sub(lambda found: _VNI[found[0]], _single(data))


def _cp1258(data: bytes) -> str:
    return nfc(data.decode("cp1258", errors="replace"))


LEGACY: dict[str, Callable[[bytes], str]] = {
    "windows-1258": _cp1258,
    "tcvn3": _tcvn3,
    "vni": _vni_text,
    "windows-1252": _single,
}


def detect(path: Path) -> str:
    """The encoding's name: a codec of Python, or a key of :data:`LEGACY`."""
    samples = list(_samples(path))
    head = samples[0] if samples else b""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    nulls = head.count(0)
    if nulls > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    if all(_is_utf8(sample) for sample in samples):
        return "utf-8"
    scores = {name: vietnamese(decode(head)) for name, decode in LEGACY.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.3 else "windows-1252"


def _samples(path: Path) -> Iterator[bytes]:
    """The beginning, some of the middle, the end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for start in sorted({0, size // 3, 2 * size // 3, max(0, size - _SAMPLE)}):
            file.seek(start)
            yield file.read(_SAMPLE)


def _is_utf8(sample: bytes) -> bool:
    """Whether a piece, which may be cut within a letter, is UTF-8."""
    start = next((place for place, byte in enumerate(sample[:4]) if byte & 0xC0 != 0x80), 0)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample[start:], final=False)
    except UnicodeDecodeError:
        return False
    return True


def vietnamese(text: str) -> float:
    """The share of words with letters beyond ASCII that could be Vietnamese syllables."""
    words = [word for word in _WORDS.findall(text[:200_000].lower()) if _UNUSUAL.search(word)]
    if not words:
        return 0.0
    return sum(_SYLLABLE.fullmatch(word) is not None for word in words) / len(words)


def as_utf8(path: Path, encoding: str, target: Path) -> Path:
    """``path`` itself when it is UTF-8, else its text written to ``target`` in UTF-8, letters composed."""
    if encoding in ("utf-8", "utf-8-sig"):
        return path
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as written:
        for text in _decoded(source, encoding):
            written.write(text)
    return target


def _decoded(source: object, encoding: str) -> Iterator[str]:
    legacy = LEGACY.get(encoding)
    if legacy is None:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        while piece := source.read(_PIECE):  # type: ignore[attr-defined]
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
        return
    rest = b""
    while piece := source.read(_PIECE):  # type: ignore[attr-defined]
        whole = rest + piece
        cut = whole.rfind(b"\n") + 1 or len(whole)  # a letter and its sign are never on two lines
        yield legacy(whole[:cut])
        rest = whole[cut:]
    yield legacy(rest)
