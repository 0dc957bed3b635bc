"""A text as everybody may read it: personal data replaced by what kind it was, in either language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dothi.centres.hotline.privacy.finding import Span, find
from dothi.core.text import nfc

LABELS: Final = {
    "email": ("e-mail", "e-mail"),
    "phone": ("số điện thoại", "telephone"),
    "cccd": ("số định danh", "identity number"),
    "cmnd": ("số định danh", "identity number"),
    "passport": ("số hộ chiếu", "passport"),
    "bhyt": ("số bảo hiểm", "insurance number"),
    "tax_code": ("mã số thuế", "tax code"),
    "plate": ("biển số xe", "number plate"),
    "bank_account": ("số tài khoản", "account"),
    "bank_card": ("số thẻ", "card"),
    "name": ("tên người", "name"),
    "house": ("số nhà", "house number"),
    "link": ("liên kết cá nhân", "personal link"),
}


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without personal data, and what was taken out of which places of the composed (NFC) original."""

    text: str
    spans: tuple[Span, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that were taken out, each once."""
        return tuple(dict.fromkeys(span.kind for span in self.spans))

    @property
    def clean(self) -> bool:
        """Whether nothing was found; something may still be there."""
        return not self.spans


def redact(text: str, *, houses: bool = False, language: str = "vi") -> Redacted:
    """``text`` with ``[số điện thoại]`` and the like in place of personal data.

    Names are found after a form of address only, and other people's words may hold what no rule knows: a person
    looks at what becomes public where the category says so.
    """
    composed = nfc(text)
    spans = find(composed, houses=houses)
    parts, after = [], 0
    for span in spans:
        label = LABELS[span.kind][1 if language == "en" else 0]
        parts += [composed[after : span.start], f"[{label}]"]
        after = span.end
    return Redacted("".join([*parts, composed[after:]]), tuple(spans))
