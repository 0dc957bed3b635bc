"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Who may do what, and who did."""

    name = "dothi.kernel.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: begin to hear sign-ins, and offer the check of actions."""
        for part in ("signins", "checks"):
            import_module(f"{self.name}.{part}")
