"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from dothi.sites.ui.navigation import Link, register


class HotlineDeskConfig(AppConfig):
    """The desk of 1022."""

    name = "dothi.sites.hotline"
    label = "hotline_desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the link into the bar of those who work there."""
        access = import_module(f"{self.name}.access")
        register(Link("hotline", _("1022"), "/desk/1022/", 24, access.may_enter))
