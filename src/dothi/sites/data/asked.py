"""What the address of a search means, and the address of a search with something changed. No I/O."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast
from urllib.parse import urlencode

from dothi.centres.opendata.catalogue.find import ORDERS, Box, Order
from dothi.core.errors import BadInput, both

SHOWN: Final = ("theme", "publisher", "unit", "format", "licence", "frequency", "access", "provenance")
MOST_VALUES: Final = 50
LONGEST: Final = 200
PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Search:
    """Words, chosen facet values, a box (west, south, east, north), an order, and behind which cursor to go on."""

    q: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bbox: Box | None = None
    order: Order | None = None
    after: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters, the words always among them: an empty ``q`` shows everything."""
        found = [("q", self.q)]
        found += [(name, value) for name in SHOWN for value in self.facets.get(name, ())]
        if self.bbox is not None:
            found.append(("bbox", box_text(self.bbox)))
        if self.order is not None:
            found.append(("order", self.order))
        if self.after:
            found.append(("after", self.after))
        return found

    def address(self, **changes: Any) -> str:
        """``?…`` of this search with ``changes``; anything but ``after`` begins at the first page again."""
        return "?" + urlencode(replace(self, **({"after": ""} | changes)).pairs())

    def toggled(self, name: str, value: str) -> str:
        """The address with one facet value chosen, or let go."""
        chosen = self.facets.get(name, ())
        left = tuple(each for each in chosen if each != value) if value in chosen else (*chosen, value)
        return self.address(facets={**self.facets, name: left})

    @property
    def narrowed(self) -> bool:
        """Whether anything but words narrows it."""
        return self.bbox is not None or any(self.facets.values())


def search(pairs: Iterable[tuple[str, str]]) -> Search:
    """The search of an address's parameters; raises :class:`BadInput` naming what cannot be read."""
    facets: dict[str, list[str]] = {}
    plain: dict[str, str] = {}
    for name, value in pairs:
        if name in SHOWN and value and value not in facets.setdefault(name, []):
            facets[name].append(value[:LONGEST])
        elif name not in SHOWN:
            plain[name] = value
    if sum(map(len, facets.values())) > MOST_VALUES:
        raise BadInput(both("Quá nhiều bộ lọc.", "Too many filters."), where="facets")
    order = plain.get("order") or None
    if order is not None and order not in ORDERS:
        raise BadInput(both("Không có cách sắp xếp này.", "There is no such order."), where="order")
    return Search(
        plain.get("q", "").strip()[:LONGEST],
        {name: tuple(values) for name, values in facets.items()},
        box(plain),
        cast("Order | None", order),
        plain.get("after", ""),
    )


def box(plain: Mapping[str, str]) -> Box | None:
    """The box of ``bbox=w,s,e,n``, or of four fields; None when none is given."""
    sides = [plain.get(name, "").strip().replace(",", ".") for name in ("west", "south", "east", "north")]
    text = plain.get("bbox", "") or (",".join(sides) if any(sides) else "")
    if not text:
        return None
    wrong = BadInput(
        both(
            "Khung cần bốn số: tây, nam, đông, bắc (độ).", "A box is four numbers: west, south, east, north."
        ),
        where="bbox",
    )
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise wrong from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise wrong
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise wrong
    return west, south, east, north


def box_text(given: Box) -> str:
    """The box as an address writes it: no more digits than a metre needs."""
    return ",".join(f"{round(side, 5):g}" for side in given)
