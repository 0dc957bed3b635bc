"""The channels there are."""

from __future__ import annotations

from dothi.centres.hotline.inbound.base import Driver
from dothi.centres.hotline.inbound.email.driver import EmailDriver
from dothi.centres.hotline.inbound.zalo.driver import ZaloDriver

_drivers: dict[str, Driver] = {each.channel: each for each in (EmailDriver(), ZaloDriver())}


def drivers() -> dict[str, Driver]:
    """Every channel by its key."""
    return dict(_drivers)


def driver(channel: str) -> Driver:
    """The channel called so; raises :class:`KeyError`."""
    return _drivers[channel]


def check_config() -> dict[str, list[str]]:
    """What is wrong with the settings of each channel."""
    return {key: told for key, each in _drivers.items() if (told := each.check_config())}
