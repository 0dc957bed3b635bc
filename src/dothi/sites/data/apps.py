"""Django's view of this module."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class DataConfig(AppConfig):
    """The data portal."""

    name = "dothi.sites.data"
    label = "data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the portal's link into the bar."""
        register(Link("data", _("Data"), "/data/", 20))
