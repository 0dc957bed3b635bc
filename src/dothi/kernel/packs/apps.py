"""Django's view of this module."""

from django.apps import AppConfig


class PacksConfig(AppConfig):
    """Declarations: loaded, checked, published."""

    name = "dothi.kernel.packs"
    label = "packs"
    default_auto_field = "django.db.models.BigAutoField"
