"""Django's view of this module."""

from importlib import import_module

from django.apps import AppConfig

from dothi.kernel.identity import seal


class PaymentsConfig(AppConfig):
    """Orders, ledger, ways to pay, refunds, reconciliation."""

    name = "dothi.kernel.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models are there: declare permissions, ways to pay, consumers, and the check of settings."""
        ledger = import_module(f"{self.name}.ledger.seal")
        seal.also(ledger.put_seal, ledger.break_seal)
        for part in ("access", "providers.shipped", "outgoing", "checks"):
            import_module(f"{self.name}.{part}")
