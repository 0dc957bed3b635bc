"""Words of the portal that come from codes: facets, orders, states, in the page's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

FACETS: Final = {
    "theme": _("Topic"),
    "publisher": _("Publisher"),
    "unit": _("Unit"),
    "format": _("Format"),
    "licence": _("Licence"),
    "frequency": _("Updated how often"),
    "access": _("Who may read it"),
    "provenance": _("Real or simulated"),
}
ORDERS: Final = {
    "relevance": _("Best match"),
    "modified": _("Newest change"),
    "issued": _("Newest dataset"),
    "title": _("Title"),
}
TYPES: Final = {
    "string": _("text"),
    "integer": _("whole number"),
    "number": _("number"),
    "boolean": _("yes or no"),
    "date": _("calendar day"),
    "datetime": _("time"),
    "geometry": _("geometry"),
    "json": _("structured value"),
}
ROLES: Final = {
    "key": _("row key"),
    "dimension": _("grouping"),
    "measure": _("measure"),
    "time": _("time"),
    "geometry": _("geometry"),
    "longitude": _("longitude"),
    "latitude": _("latitude"),
    "text": _("text"),
}
THEME_ICONS: Final = {
    "AGRI": "garden",
    "ECON": "bank",
    "EDUC": "school",
    "ENER": "charging-station",
    "ENVI": "park",
    "GOVE": "town-hall",
    "HEAL": "hospital",
    "INTR": "globe",
    "JUST": "police",
    "REGI": "city",
    "SOCI": "residential-community",
    "TECH": "communications-tower",
    "TRAN": "bus",
}
DIMENSIONS: Final = {
    "completeness": _("Completeness"),
    "uniqueness": _("Uniqueness"),
    "validity": _("Validity"),
    "consistency": _("Consistency"),
    "timeliness": _("Timeliness"),
    "volume": _("Volume"),
}
REUSE_KINDS: Final = {
    "application": _("Application"),
    "analysis": _("Analysis"),
    "visualisation": _("Visualisation"),
    "article": _("Article"),
    "research": _("Research"),
    "service": _("Service"),
}
ASKED_STATES: Final = {
    "received": _("received"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "answered": _("answered"),
    "in-review": _("being looked into"),
    "confirmed": _("confirmed"),
    "mended": _("mended"),
    "explained": _("explained"),
    "withdrawn": _("withdrawn by its sender"),
    "proposed": _("proposed"),
    "shown": _("shown"),
    "hidden": _("hidden"),
}
RUN_STATES: Final = {
    "queued": _("waits for its turn"),
    "running": _("running"),
    "waiting": _("waits for a decision"),
    "succeeded": _("succeeded"),
    "unchanged": _("nothing new"),
    "failed": _("failed"),
    "cancelled": _("stopped"),
}
HARVEST_STATES: Final = {  # word, level, shape
    "queued": (_("waits for its turn"), "info", "square"),
    "running": (_("running"), "info", "circle"),
    "waiting": (_("away; it is tried again"), "warn", "diamond"),
    "succeeded": (_("succeeded"), "normal", ""),
    "failed": (_("failed"), "alert", "triangle"),
}
RUN_LEVELS: Final = {
    "queued": ("info", "square"),
    "running": ("info", "square"),
    "waiting": ("warn", "diamond"),
    "failed": ("alert", "triangle"),
    "cancelled": ("warn", "diamond"),
}
PUBLICATION_LEVELS: Final = {
    "screening": ("info", "square"),
    "approval": ("info", "square"),
    "withdrawn": ("warn", "diamond"),
    "superseded": ("warn", "diamond"),
}
