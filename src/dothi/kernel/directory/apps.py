"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Administrative units and organisations through time."""

    name = "dothi.kernel.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: give permissions their hierarchy of units."""
        import_module(f"{self.name}.hierarchy")
