"""Django's view of this module."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Administrative units and organisations through time."""

    name = "dothi.kernel.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
