"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig

from dothi.kernel.pipelines import builders


class OpendataConfig(AppConfig):
    """Open data: publishing, standards, and what readers ask for."""

    name = "dothi.centres.opendata"
    label = "opendata"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: declare who follows the warehouse, and where the shipped datasets are made."""
        builders.module(f"{self.name}.shipped.builders")
        builders.module(f"{self.name}.shipped.declared")
        import_module(f"{self.name}.casework")
        import_module(f"{self.name}.following")
        import_module(f"{self.name}.notices")
        import_module(f"{self.name}.rules")
        import_module(f"{self.name}.harvest.rules")
        import_module(f"{self.name}.harvest.runs")
        import_module(f"{self.name}.standards.forms")
