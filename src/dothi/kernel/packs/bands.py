"""The rules of thresholds: in order, without gap or overlap, inside the range, each with its own sign."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dothi.kernel.packs.declarations import Attribute, Range, Threshold
from dothi.kernel.packs.palette import PALETTE
from dothi.kernel.packs.problems import nearest
from dothi.kernel.packs.source import Source, Steps


def check(source: Source, attribute: Attribute, steps: Steps) -> None:
    """Report what is wrong with the thresholds of ``attribute``."""
    bands = attribute.thresholds
    if not bands:
        return
    if attribute.value not in {"number", "integer"}:
        source.report((*steps, "thresholds"), "threshold-without-number", value=attribute.value)
        return
    if not attribute.thresholds_source:
        source.report(steps, "threshold-source")
    for index, band in enumerate(bands):
        _band(source, band, attribute.range, (*steps, "thresholds", index))
    _open_ends(source, bands, (*steps, "thresholds"))
    for index, (before, after) in enumerate(pairwise(bands), start=1):
        _neighbours(source, before, after, (*steps, "thresholds", index))


def _band(source: Source, band: Threshold, limits: Range | None, steps: Steps) -> None:
    if band.from_ is not None and band.below is not None and band.from_ >= band.below:
        source.report(steps, "threshold-empty", from_=_n(band.from_), below=_n(band.below))
    if band.colour.upper() not in PALETTE and not band.colour_reason:
        palette = ", ".join(PALETTE)
        near = nearest(band.colour, PALETTE)
        source.report(
            (*steps, "colour"), "colour-outside-palette", colour=band.colour, palette=palette, suggestion=near
        )
    for name, value in (("from", band.from_), ("below", band.below)):
        if value is not None and limits is not None and not _inside(value, limits):
            source.report(
                (*steps, name),
                "threshold-outside",
                value=_n(value),
                min=_n(limits.min, "-∞"),
                max=_n(limits.max, "∞"),
            )


def _open_ends(source: Source, bands: Sequence[Threshold], steps: Steps) -> None:
    for index, band in enumerate(bands):
        if (index > 0 and band.from_ is None) or (index < len(bands) - 1 and band.below is None):
            source.report((*steps, index), "threshold-open")


def _neighbours(source: Source, before: Threshold, after: Threshold, steps: Steps) -> None:
    if before.below is not None and after.from_ is not None:
        if after.from_ < before.below:
            source.report((*steps, "from"), "threshold-order", from_=_n(after.from_), below=_n(before.below))
        elif after.from_ > before.below:
            source.report((*steps, "from"), "threshold-gap", from_=_n(after.from_), below=_n(before.below))
    if (before.colour.upper(), before.shape, before.label) == (
        after.colour.upper(),
        after.shape,
        after.label,
    ):
        source.report(steps, "same-sign")


def _inside(value: float, limits: Range) -> bool:
    return (limits.min is None or value >= limits.min) and (limits.max is None or value <= limits.max)


def _n(value: float | None, none: str = "") -> str:
    return none if value is None else f"{value:g}"
