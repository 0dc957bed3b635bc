"""What a register says of duplicates: what is compared and how, by which keys pairs are found, what a merge keeps."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from dothi.kernel.packs.declarations import Declaration

CompareAs = Literal["name", "title", "date", "address", "phone", "code", "exact"]
Keep = Literal["latest", "fullest", "winner"]
BlockPart = Annotated[
    str,
    Meta(
        pattern=r"^(same|phone|sounds|core|initials|year|day|door):[a-z][a-z0-9]*(_[a-z0-9]+)*$",
        description="How the key is made and of which property: sounds:full_name",
    ),
]
Share = Annotated[float, Meta(gt=0, lt=1)]


class Compared(Declaration, frozen=True, kw_only=True):
    """A property that tells whether two records are one. ``way``: as what its values are compared."""

    property: str
    way: CompareAs


class Linkage(Declaration, frozen=True, kw_only=True):
    """Duplicates of a record type. Two records are compared when all parts of one ``block`` rule are equal.

    Pairs likelier than ``review`` are shown to a person, those above ``sure`` first. ``purpose``: for which the
    reviewer reads personal data. ``keep``: which value of a property a merge keeps where both have one: the one
    recorded ``latest``, the ``fullest`` written, or the ``winner``'s own; ``latest`` where nothing is said.
    """

    compare: Annotated[tuple[Compared, ...], Meta(min_length=2)]
    block: Annotated[tuple[tuple[BlockPart, ...], ...], Meta(min_length=1, max_length=12)]
    review: Share = 0.2
    sure: Share = 0.95
    purpose: str = ""
    keep: dict[str, Keep] = field(default_factory=dict)
