"""Which feeds this installation runs, by its settings."""

from __future__ import annotations

from dothi.core.config import current
from dothi.kernel.feeds import registry
from dothi.kernel.feeds.generator.feed import KEY, GeneratorFeed
from dothi.kernel.feeds.generator.wards import places
from dothi.kernel.feeds.mqtt.feed import MqttFeed, session_name
from dothi.kernel.feeds.tide.feed import TideFeed


def generator() -> GeneratorFeed:
    """The city generator over this city's wards."""
    return GeneratorFeed(places)


def register() -> frozenset[str]:
    """Register the feeds; the keys of those the settings keep off."""
    config = current()
    registry.register(TideFeed())
    registry.register(generator())
    if config.mqtt_url:
        registry.register(MqttFeed(config.mqtt_url, client_id=session_name(config.home)))
    return frozenset() if config.simulate else frozenset({KEY})
