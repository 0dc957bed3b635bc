"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class CaseworkConfig(AppConfig):
    """The case desk."""

    name = "dothi.sites.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the link into the bar of those who may read cases."""
        access = import_module(f"{self.name}.access")
        register(Link("casework", _("Work"), "/desk/", 25, access.may_enter))
