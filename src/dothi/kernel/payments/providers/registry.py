"""The ways to pay that there are, and those that this installation offers."""

from __future__ import annotations

from dothi.core.config import current
from dothi.core.errors import NotFound, both
from dothi.kernel.payments.providers.base import Provider
from dothi.kernel.payments.providers.counter.provider import Counter
from dothi.kernel.payments.providers.simulated.provider import Simulated
from dothi.kernel.payments.providers.vietqr.provider import VietQR
from dothi.kernel.payments.providers.vnpay.provider import Vnpay

_ALL: tuple[Provider, ...] = (Vnpay(), VietQR(), Counter(), Simulated())
_BY_KEY: dict[str, Provider] = {provider.key: provider for provider in _ALL}


def providers() -> dict[str, Provider]:
    """Every way to pay by its key, offered or not."""
    return dict(_BY_KEY)


def provider(key: str) -> Provider:
    """The way to pay called ``key``."""
    found = _BY_KEY.get(key)
    if found is None:
        raise NotFound(both(f"Không có hình thức thanh toán “{key}”.", f"There is no way to pay '{key}'."))
    return found


def offered(*, online: bool = True) -> list[Provider]:
    """Those that the settings name and that are ready, in the settings' order."""
    named = [_BY_KEY[key] for key in current().payments if key in _BY_KEY]
    return [each for each in named if each.online == online and each.ready()]
