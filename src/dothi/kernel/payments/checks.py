"""``check`` tells an administrator what is wrong with the settings of the ways to pay that are offered."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from dothi.core.config import current
from dothi.kernel.payments.base import Problem
from dothi.kernel.payments.registry import providers


def check_config() -> dict[str, list[Problem]]:
    """The problems of each way to pay that the settings offer and somebody began to set up.

    VNPAY and VietQR are in the default list; with none of their settings given they are just not offered.
    """
    config = current()
    begun = {
        "vnpay": bool(config.vnpay_terminal or config.vnpay_secret),
        "vietqr": bool(config.vietqr_account or config.vietqr_bank or config.vietqr_token),
    }
    known = providers()
    return {
        key: known[key].check_config() for key in config.payments if key in known and begun.get(key, True)
    }


def unknown() -> list[str]:
    """Names in the setting ``payments`` that are no way to pay."""
    return [key for key in current().payments if key not in providers()]


@register()
def settings_of_providers(**_: Any) -> list[CheckMessage]:
    """Errors only: what is offered and cannot work."""
    found: list[CheckMessage] = [
        Warning(f"The setting payments names {key!r}, which is no way to pay.", id="payments.W001")
        for key in unknown()
    ]
    for key, problems in check_config().items():
        found += [
            Warning(f"{key}: {each.setting}: {each.text['en']}", id="payments.W002")
            for each in problems
            if each.level == "error"
        ]
    return found
