"""Django's view of this module."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Who may do what, and who did."""

    name = "dothi.kernel.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
