"""Django's view of this module."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Declared forms as pages."""

    name = "dothi.sites.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"
