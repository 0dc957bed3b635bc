"""The colours can be told apart by everyone, on every ground."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[1] / "static/ui/tokens.css").read_text()
BLOCKS = dict(
    zip(
        ("base", "paper", "night", "night as the device wishes"),
        re.findall(r"\{([^{}]*--[^{}]*)\}", TOKENS),
        strict=False,
    )
)


def tokens(name):
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", BLOCKS[name]))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


PAIRS = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "brand")
    for ground in ("ground", "panel", "inset", "raised")
]
PAIRS += [(level, f"{level}-soft") for level in ("info", "warn", "alert", "critical")]
PAIRS += [(level, "panel") for level in ("info", "warn", "alert", "critical")]
PAIRS += [
    ("brand-ink", "brand"),
    ("ink", "brand-soft"),
    ("map-label", "map-land"),
    ("map-label", "map-water"),
]


@pytest.mark.parametrize("ground", ["paper", "night"])
@pytest.mark.parametrize(("ink", "below"), PAIRS)
def test_text_has_the_contrast_of_wcag_aa(ground, ink, below):
    found = tokens(ground)
    assert contrast(found[ink], found[below]) >= 4.5


@pytest.mark.parametrize("ground", ["paper", "night"])
def test_borders_of_controls_and_the_focus_can_be_seen(ground):
    found = tokens(ground)
    assert min(contrast(found[edge], found["panel"]) for edge in ("line-2", "focus")) >= 3


def test_dark_by_choice_and_dark_by_device_are_the_same_colours():
    assert tokens("night") == tokens("night as the device wishes")
