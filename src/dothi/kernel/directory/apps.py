"""Django's view of this module."""

from django.apps import AppConfig

from dothi.kernel.identity.access import register_covers


class DirectoryConfig(AppConfig):
    """Administrative units and organisations through time."""

    name = "dothi.kernel.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Rights in a unit hold in the units below it."""
        # Models exist only once every app is configured, which is what ready() is for.
        from dothi.kernel.directory import queries

        register_covers(queries.covers)
