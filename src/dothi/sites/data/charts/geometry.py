"""Where things stand in a drawing: scales, round ticks, lines as path data, a bar as a share. No I/O.

A line chart is a box as wide as the page gives it: places across are per cent or thousandths, places down are
pixels of a drawing :data:`HEIGHT` high, so that letters keep their size on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dothi.core.text import format_number

HEIGHT = 260
TOP = 12
WIDE = 1000.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick: where, and what is written."""

    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low`` to ``high`` over the height of the drawing, the highest on top."""

    low: float
    high: float

    def y(self, value: float) -> float:
        """Pixels from the top."""
        span = self.high - self.low or 1.0
        return round(HEIGHT - (value - self.low) / span * (HEIGHT - TOP), 1)


def step(low: float, high: float, most: int) -> float:
    """A round distance (1, 2 or 5 times a power of ten) that gives at most ``most`` ticks."""
    rough = (high - low) / max(most, 1) or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999)


def scale(values: Sequence[float], *, from_zero: bool) -> Scale:
    """A scale with room for every value, ending at round numbers; bars and shares begin at zero."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    near = low >= 0 and (from_zero or low < (high - low) * 0.5)
    low = 0.0 if near else low
    high = max(high, 0.0) if from_zero else high
    if low == high:
        low, high = low - abs(low) * 0.1 - 0.5, high + abs(high) * 0.1 + 0.5
        low = max(low, 0.0) if near else low
    each = step(low, high, 4)
    return Scale(math.floor(low / each + 1e-9) * each, math.ceil(high / each - 1e-9) * each)


def ticks(on: Scale, language: str) -> list[Tick]:
    """The numbers beside a scale, from below."""
    each = step(on.low, on.high, 4)
    count = round((on.high - on.low) / each)
    decimals = max(0, -math.floor(math.log10(each) + 1e-9))
    values = [on.low + index * each for index in range(count + 1)]
    return [Tick(on.y(value), short(value, language, decimals)) for value in values]


def short(value: float, language: str, decimals: int) -> str:
    """A number beside an axis: millions and billions in words."""
    words = {"vi": ((1e9, " tỷ"), (1e6, " tr"), (1e4, " ng")), "en": ((1e9, "bn"), (1e6, "m"), (1e4, "k"))}
    for size, word in words[language]:
        if abs(value) >= size:
            unit = 1e3 if size == 1e4 else size
            return format_number(round(value / unit, 2), None, language) + word
    return format_number(value, decimals, language)


def across(positions: Sequence[float]) -> list[float]:
    """Thousandths from the left for each position."""
    if not positions:
        return []
    low, high = min(positions), max(positions)
    if low == high:
        return [WIDE / 2 for _ in positions]
    return [round((each - low) / (high - low) * WIDE, 2) for each in positions]


def path(xs: Sequence[float], values: Sequence[float | None], on: Scale) -> str:
    """A line through the values that are there; a gap where one is missing."""
    parts, pen = [], False
    for x, value in zip(xs, values, strict=True):
        if value is None:
            pen = False
            continue
        parts.append(f"{'L' if pen else 'M'}{x:g} {on.y(value):g}")
        pen = True
    return " ".join(parts)


def foot(xs: Sequence[float], labels: Sequence[str], most: int = 7) -> list[Tick]:
    """The words below a line chart: the first, the last and some between, as many as a phone has room for."""
    count = len(labels)
    if count <= most:
        chosen = list(range(count))
    else:
        chosen = sorted({round(index * (count - 1) / (most - 1)) for index in range(most)})
    made = []
    for index in chosen:
        at = xs[index] / WIDE * 100
        anchor = "start" if at < 6 else "end" if at > 94 else "middle"
        made.append(Tick(round(at, 2), labels[index], anchor))
    return made


def share(value: float, on: Scale) -> tuple[float, float]:
    """Where a bar begins and how long it is, in per cent of the width (bars below zero go left)."""
    span = on.high - on.low or 1.0
    zero, end = (0.0 - on.low) / span * 100, (value - on.low) / span * 100
    return round(min(zero, end), 2), round(abs(end - zero), 2)
