"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class AdministrationConfig(AppConfig):
    """The administrator's screens."""

    name = "dothi.sites.admin"
    label = "administration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: declare the permissions, and put the link into the bar of those who hold one."""
        access = import_module(f"{self.name}.access")
        register(Link("administration", _("Administration"), "/admin/", 90, access.may_enter))
