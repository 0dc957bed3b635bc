"""The ways there are. One whose settings are missing writes its messages to files, and says so."""

from __future__ import annotations

from dothi.kernel.messages.channels.base import Channel
from dothi.kernel.messages.channels.email.channel import EmailChannel
from dothi.kernel.messages.channels.file.channel import FileChannel
from dothi.kernel.messages.channels.sms.channel import SmsChannel
from dothi.kernel.messages.channels.zalo.channel import ZaloChannel

_channels: dict[str, Channel] = {"email": EmailChannel(), "sms": SmsChannel(), "zalo": ZaloChannel()}
_file = FileChannel()


def channels() -> dict[str, Channel]:
    """Every way by its key."""
    return dict(_channels)


def ready() -> frozenset[str]:
    """The ways that reach people from this installation."""
    return frozenset(key for key, each in _channels.items() if each.ready())


def channel(key: str) -> Channel:
    """The way called ``key``; the file where its settings are missing."""
    found = _channels[key]
    return found if found.ready() else _file


def use(key: str, made: Channel) -> None:
    """Send this way with ``made`` from now on."""
    _channels[key] = made


def check_config() -> dict[str, list[str]]:
    """What is wrong with the settings of each way."""
    return {key: told for key, each in _channels.items() if (told := each.check_config())}
