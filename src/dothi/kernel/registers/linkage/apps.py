"""Django's view of this module."""

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    """Duplicates in registers."""

    name = "dothi.kernel.registers.linkage"
    label = "register_linkage"
    default_auto_field = "django.db.models.BigAutoField"
