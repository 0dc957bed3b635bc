"""Django's view of this module."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Base registries: records by declared types, through valid and recorded time."""

    name = "dothi.kernel.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"
