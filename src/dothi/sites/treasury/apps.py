"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class TreasuryConfig(AppConfig):
    """The back office of payments."""

    name = "dothi.sites.treasury"
    label = "treasury"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the link into the bar of those who see payments."""
        views = import_module(f"{self.name}.common")
        register(Link("treasury", _("Payments"), "/desk/payments/", 27, views.may_enter))
