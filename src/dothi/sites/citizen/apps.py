"""Django's view of this module."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class CitizenConfig(AppConfig):
    """The citizen site."""

    name = "dothi.sites.citizen"
    label = "citizen"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the link into the bar."""
        register(Link("citizen", _("Citizens"), "/c/", 5))
