"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """What people report to 1022."""

    name = "dothi.centres.hotline"
    label = "hotline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: declare permissions and who reads the log."""
        for module in ("access", "publishing"):
            import_module(f"{self.name}.{module}")
