"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class DesignerConfig(AppConfig):
    """The procedure designer."""

    name = "dothi.sites.designer"
    label = "designer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the link into the bar of those who design or publish procedures."""
        access = import_module(f"{self.name}.access")
        register(Link("designer", _("Procedures"), "/desk/procedures/", 27, access.may_enter))
