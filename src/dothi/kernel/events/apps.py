"""Django's view of this module."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The log of what happened."""

    name = "dothi.kernel.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
