"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Messages to people."""

    name = "dothi.kernel.messages"
    label = "dothi_messages"  # `messages` is taken by Django's own
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: declare who delivers."""
        import_module(f"{self.name}.delivering")
