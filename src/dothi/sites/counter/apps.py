"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class CounterConfig(AppConfig):
    """The one-stop counter."""

    name = "dothi.sites.counter"
    label = "counter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the link into the bar of those who work at a counter."""
        access = import_module(f"{self.name}.access")
        register(Link("counter", _("One-stop"), "/desk/one-stop/", 24, access.may_enter))
