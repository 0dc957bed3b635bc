"""What an installation holds and how its background work stands, for ``dothi status``."""

from __future__ import annotations

from typing import Any

from dothi.kernel import context as live
from dothi.kernel.directory import queries as directory
from dothi.kernel.events import queries as events
from dothi.kernel.feeds import queries as feeds
from dothi.kernel.packs import queries as packs
from dothi.serve import sources


def contents() -> dict[str, Any]:
    """Entities by type, boundaries, packs, feeds and consumers, as plain data."""
    sources.register()
    boundaries = directory.boundaries_status()
    return {
        "entities": live.current().type_counts(),
        "boundaries": f"{boundaries['matched']} of {boundaries['total']}",
        "packs": {key: pack.pack.version for key, pack in packs.packs().items()},
        "feeds": [
            {
                "feed": view.key,
                "enabled": view.enabled,
                "last_success": _text(view.last_success),
                "error": view.error or "none",
                "dead_letters": view.dead_letters,
            }
            for view in feeds.status()
        ],
        "consumers": [
            {"consumer": state.name, "behind": state.behind, "dead_letters": state.dead}
            for state in events.consumer_states()
        ],
    }


def _text(moment: Any) -> str:
    return moment.isoformat(timespec="seconds") if moment else "never"
