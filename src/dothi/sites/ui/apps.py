"""Django's view of this module."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """What every surface is made of: tokens, components, static files."""

    name = "dothi.sites.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"
