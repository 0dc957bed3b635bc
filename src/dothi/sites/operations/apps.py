"""Django's view of this module."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class OperationsConfig(AppConfig):
    """The operations centre's screens."""

    name = "dothi.sites.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put this surface's links into the bar."""
        register(Link("map", _("Map"), "/operations/", 10))
        register(Link("list", _("List"), "/operations/list/", 11))
        register(Link("units", _("Wards and communes"), "/operations/units/", 12))
