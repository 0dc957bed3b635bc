"""How the packs of this installation stand: what their folders say, what is in force, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from dothi.core.units import symbol
from dothi.kernel.packs import loader, queries, versions
from dothi.kernel.packs.declarations import Attribute, Threshold
from dothi.kernel.packs.loader import LoadedPack
from dothi.kernel.packs.models import PackVersion
from dothi.kernel.packs.places import folders
from dothi.kernel.packs.problems import PackErrors, Problem
from dothi.sites.admin.reads.signs import Sign


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack: what is installed, the version in force, and why those two may differ."""

    loaded: LoadedPack
    in_force: PackVersion | None
    sign: Sign
    refusal: str
    may_publish: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A threshold with its ends as people read them."""

    threshold: Threshold
    begin: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class AttributeLine:
    """An attribute with range and bands in the unit people read it in."""

    attribute: Attribute
    unit: str
    smallest: float | None
    largest: float | None
    bands: list[Band]

    @property
    def limited(self) -> bool:
        """Whether any value is impossible."""
        return self.smallest is not None or self.largest is not None


def problems() -> list[Problem]:
    """Everything wrong in the folders as they are now."""
    try:
        return list(_problems(tuple(folders()), _print()))
    except PackErrors as error:
        return error.problems


def _print() -> tuple[tuple[str, int, int], ...]:
    """What differs when a file of a pack was changed, added or taken away."""
    files = sorted(file for folder in folders() for file in folder.rglob("*.yaml"))
    return tuple((str(file), (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files)


@lru_cache(maxsize=2)
def _problems(where: tuple[Path, ...], print: tuple[tuple[str, int, int], ...]) -> tuple[Problem, ...]:
    """Remembered while the files are the same: reading them all takes a fifth of a second."""
    return tuple(loader.check(where))


def installed() -> dict[str, LoadedPack]:
    """The packs this process works with; none when they cannot be read."""
    try:
        return dict(queries.packs())
    except PackErrors:
        return {}


def lines() -> list[PackLine]:
    """Every installed pack with how its version stands."""
    return [line(loaded) for loaded in installed().values()]


def line(loaded: LoadedPack) -> PackLine:
    """One pack with how its version stands."""
    history = versions.history(loaded.key)
    in_force = next((row for row in history if row.state == PackVersion.PUBLISHED), None)
    same = next((row for row in history if row.version == loaded.pack.version), None)
    sign, refusal = _standing(loaded, same, in_force)
    return PackLine(loaded, in_force, sign, refusal, may_publish=not refusal and sign.level != "normal")


def _standing(loaded: LoadedPack, same: PackVersion | None, in_force: PackVersion | None) -> tuple[Sign, str]:
    """The same decisions as publishing takes, asked beforehand."""
    name = {"pack": loaded.key, "version": loaded.pack.version}
    if same is not None and same.state != PackVersion.DRAFT and same.digest != loaded.digest():
        advice = _(
            "%(version)s was published with other content. Raise “version” in pack.yaml, then publish."
        )
        return Sign("alert", _("refused: changed without a new version")), advice % name
    if same is not None and same.state == PackVersion.PUBLISHED:
        return Sign("normal", _("in force")), ""
    if in_force and versions.order(in_force.version) > versions.order(loaded.pack.version):
        advice = _("%(current)s is in force; the older %(version)s cannot be published again.")
        return Sign("alert", _("refused: older than the one in force")), advice % (
            name | {"current": in_force.version}
        )
    return Sign("warn", _("not published yet")), ""


def attributes(items: tuple[Attribute, ...]) -> list[AttributeLine]:
    """Attributes as people read them; those with bands first, else in the order of the pack."""
    found = [_attribute(item) for item in items]
    return sorted(found, key=lambda each: (not each.bands, not each.attribute.unit))


def _attribute(item: Attribute) -> AttributeLine:
    code = item.shown_in or item.unit
    limits = item.range
    return AttributeLine(
        attribute=item,
        unit=symbol(code) if code else "",
        smallest=_read(item, limits.min if limits else None),
        largest=_read(item, limits.max if limits else None),
        bands=[Band(each, _read(item, each.from_), _read(item, each.below)) for each in item.thresholds],
    )


def _read(item: Attribute, value: float | None) -> float | None:
    return None if value is None else round(queries.shown(item, value)[0], 9)
