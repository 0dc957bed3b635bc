"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class DeskConfig(AppConfig):
    """The officer's desk."""

    name = "dothi.sites.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the link into the bar of those who may read something more than anyone may."""
        access = import_module(f"{self.name}.access")
        register(Link("registers", _("Registers"), "/desk/registers/", 30, access.may_enter))
