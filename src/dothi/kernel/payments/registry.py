"""The ways to pay that there are, and those that this installation offers. Each registers itself at the start."""

from __future__ import annotations

from dothi.core.config import current
from dothi.core.errors import NotFound, both
from dothi.kernel.payments.base import Provider

_known: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Make ``provider`` one of the ways to pay; a later one of the same key takes its place."""
    _known[provider.key] = provider


def providers() -> dict[str, Provider]:
    """Every way to pay by its key, offered or not."""
    return dict(_known)


def provider(key: str) -> Provider:
    """The way to pay called ``key``."""
    found = _known.get(key)
    if found is None:
        raise NotFound(both(f"Không có hình thức thanh toán “{key}”.", f"There is no way to pay '{key}'."))
    return found


def offered(*, online: bool = True) -> list[Provider]:
    """Those that the settings name and that are ready, in the settings' order."""
    named = [_known[key] for key in current().payments if key in _known]
    return [each for each in named if each.online == online and each.ready()]
