"""Django's view of this module."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """The shared data warehouse: datasets, their versions, and the one way to query them."""

    name = "dothi.kernel.warehouse"
    label = "warehouse"
    default_auto_field = "django.db.models.BigAutoField"
