"""Django's view of this module."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """The operations centre's screens."""

    name = "dothi.sites.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
