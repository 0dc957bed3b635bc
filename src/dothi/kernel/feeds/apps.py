"""Django's view of this module."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """Where observations come from: replays, the tide, the city generator, MQTT."""

    name = "dothi.kernel.feeds"
    label = "feeds"
    default_auto_field = "django.db.models.BigAutoField"
