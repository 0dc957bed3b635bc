"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Administrative procedures."""

    name = "dothi.centres.services"
    label = "services"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: declare permissions and roles."""
        import_module(f"{self.name}.access")
