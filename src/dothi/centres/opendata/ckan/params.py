"""Parameters of a CKAN action, which come as JSON values or, in a query string, as text. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dothi.core.errors import BadInput, both

TRUE, FALSE = frozenset({"true", "yes", "1", "t", "on"}), frozenset({"false", "no", "0", "f", "off", ""})


def wrong(name: str, vi: str, en: str) -> BadInput:
    """What is wrong with a parameter."""
    return BadInput(both(vi, en), where=name)


class Params:
    """The parameters of one call, read by name and kind; what does not fit raises :class:`BadInput` naming it."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def __contains__(self, name: str) -> bool:
        return self._given.get(name) is not None

    def raw(self, name: str) -> Any:
        """As it came."""
        return self._given.get(name)

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        value = self._given.get(name)
        if value is None:
            return default
        if isinstance(value, str | int | float):
            return str(value)
        raise wrong(name, "Cần một chuỗi.", "Must be a string.")

    def needed(self, *names: str) -> str:
        """The first of these texts that is given; one must be."""
        for name in names:
            if self.text(name).strip():
                return self.text(name).strip()
        raise wrong(names[0], "Thiếu giá trị.", "Missing value")

    def number(self, name: str, default: int, most: int, least: int = 0) -> int:
        """A whole number, not above ``most``."""
        value = self._given.get(name)
        if value is None or value == "":
            return default
        try:
            made = int(value)
        except (TypeError, ValueError):
            raise wrong(name, "Cần một số nguyên.", "Must be a natural number") from None
        if made < least:
            raise wrong(name, f"Cần ít nhất {least}.", f"Must be at least {least}")
        return min(made, most)

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no."""
        value = self._given.get(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        word = str(value).strip().lower()
        if word not in TRUE | FALSE:
            raise wrong(name, "Cần true hoặc false.", "Must be true or false")
        return word in TRUE

    def many(self, name: str) -> list[str]:
        """Texts: a list, JSON of one, or separated by commas."""
        value = self.structure(name) if isinstance(self._given.get(name), str) else self._given.get(name)
        if value is None:
            return []
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, list):
            return [str(each) for each in value]
        raise wrong(name, "Cần một danh sách.", "Must be a list")

    def structure(self, name: str) -> Any:
        """An object or list, or JSON of one; text that is neither comes back as it is."""
        value = self._given.get(name)
        if isinstance(value, str) and value.strip()[:1] in ("{", "["):
            try:
                return msgspec.json.decode(value)
            except msgspec.DecodeError:
                raise wrong(name, "Không phải JSON.", "Is not valid JSON") from None
        return value
