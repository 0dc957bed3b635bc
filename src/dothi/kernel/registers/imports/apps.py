"""Django's view of this module."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Imports of files into registers."""

    name = "dothi.kernel.registers.imports"
    label = "register_imports"
    default_auto_field = "django.db.models.BigAutoField"
