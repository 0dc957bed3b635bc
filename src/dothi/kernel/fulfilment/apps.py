"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig

_PARTS = ("telling", "writing", "paying", "recording", "publishing")


class FulfilmentConfig(AppConfig):
    """What cases order, carried out."""

    name = "dothi.kernel.fulfilment"
    label = "fulfilment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: declare who carries out what."""
        for module in _PARTS:
            import_module(f"{self.name}.{module}")
