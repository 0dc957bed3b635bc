"""Icons drawn into the page itself: maki's (CC0) for kinds of things, a few of our own for controls."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_MAKI = Path(__file__).resolve().parent / "static" / "vendor" / "maki" / "icons.json"


@cache
def _maki() -> dict[str, str]:
    found: dict[str, str] = json.loads(_MAKI.read_text(encoding="utf-8"))
    return found


def maki_path(name: str) -> str:
    """The path data (15 x 15) of a maki icon; a plain marker for a name that maki does not have."""
    return _maki().get(name) or _maki()["marker"]


# 24 x 24, drawn by stroke.
CONTROLS = {
    "menu": "M4 7h16M4 12h16M4 17h16",
    "close": "M6 6l12 12M18 6L6 18",
    "plus": "M12 5v14M5 12h14",
    "minus": "M5 12h14",
    "home": "M4 11l8-7 8 7M6 10v10h12V10",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4",
    "map": "M9 4L3 6v14l6-2 6 2 6-2V4l-6 2-6-2zM9 4v14M15 6v14",
    "list": "M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01",
    "city": "M3 21h18M5 21V8l6-4v17M11 21h8V11l-8-3",
    "layers": "M12 3l9 5-9 5-9-5 9-5zM3 13l9 5 9-5",
    "back": "M15 5l-7 7 7 7",
    "forward": "M9 5l7 7-7 7",
    "up": "M12 19V5M6 11l6-6 6 6",
    "down": "M12 5v14M6 13l6 6 6-6",
    "sun": "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
    "moon": "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
    "auto": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7h7M12 12h9M12 17h7",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c1-4 4-6 8-6s7 2 8 6",
    "print": "M7 9V3h10v6M7 18H4v-8h16v8h-3M7 14h10v7H7z",
    "link": "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    "none": "M4 7l8-4 8 4v10l-8 4-8-4zM4 7l8 4 8-4M12 11v10",
    "filter": "M4 5h16l-6 8v6l-4 2v-8z",
}
