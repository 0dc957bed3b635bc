"""The Django application of the cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Tables ``cases_…``."""

    name = "dothi.kernel.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        """Declare permissions, roles and the consumers of the module's own events."""
        from dothi.kernel.cases import access, children, seal  # noqa: F401
        from dothi.kernel.identity.seal import also

        also(seal.install, seal.break_seal)
