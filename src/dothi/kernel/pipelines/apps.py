"""Django's view of this module."""

from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    """How data comes into the warehouse and changes there: sources, models, runs, checks."""

    name = "dothi.kernel.pipelines"
    label = "pipelines"
    default_auto_field = "django.db.models.BigAutoField"
