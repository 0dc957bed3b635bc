"""The words the page's scripts say, in the page's language: handed over as JSON, never built in a script."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dothi.kernel.packs.palette import SIGNS
from dothi.sites.operations.rules import LEVELS


def _map_and_list() -> dict[str, str]:
    return {
        "loading": _("Loading…"),
        "failed": _("This part could not be loaded."),
        "again": _("Try again"),
        "noMap": _("This device cannot draw the map (WebGL is off). The list shows the same data."),
        "entities": _("%(count)s entities"),
        "shownOf": _("%(shown)s of %(count)s shown"),
        "nothing": _("Nothing matches these filters"),
        "nothingHelp": _("Remove a filter, switch on a layer, or look at a larger part of the map."),
        "clear": _("Remove all filters"),
        "close": _("Close"),
        "onlyHere": _("Only this unit"),
        "wholeCity": _("The whole city"),
        "unitPage": _("Page of the unit"),
        "noValue": _("no value"),
        "stale": _("no recent reading"),
        "simulated": _("simulated"),
        "page": _("Page %(page)s of %(pages)s"),
        "cluster": _("%(count)s entities here"),
        "outside": _("outside the city"),
        "mapLabel": _("Map of the city. Everything on it is also in the list."),
    }


def _live_and_search() -> dict[str, str]:
    return {
        "live": _("live"),
        "connecting": _("connecting…"),
        "reconnecting": _("reconnecting…"),
        "offline": _("offline since %(time)s"),
        "updated": _("%(count)s readings updated"),
        "noResults": _("Nothing is called that"),
        "results": _("%(count)s results"),
        "unit": _("ward or commune"),
        "readings": _("%(count)s readings"),
        "noReadings": _("no reading here"),
        "mean": _("mean"),
        "range": _("lowest to highest"),
        "noHistory": _("No readings in this time"),
        "forecast": _("forecast"),
        "now": _("now"),
        "levelIs": _("is now: %(level)s"),
    }


def level_names() -> dict[str, str]:
    """The five levels."""
    return {
        "normal": _("Normal"),
        "info": _("Notice"),
        "warn": _("Watch"),
        "alert": _("Warning"),
        "critical": _("Critical"),
    }


def signs() -> list[dict[str, str]]:
    """The legend of signs: shape and level with its name."""
    names = level_names()
    return [{"level": level, "shape": SIGNS[level][1], "label": names[level]} for level in LEVELS]


def words() -> dict[str, str]:
    """All of them, by key."""
    return _map_and_list() | _live_and_search()
