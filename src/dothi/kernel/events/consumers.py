"""What other modules use to read logs: ``@consumer`` declares a reader, :class:`ConsumerRunner` drives all."""

from dothi.kernel.events.declared import Consumer, batch_consumer, consumer, consumers
from dothi.kernel.events.runner import ConsumerRunner

__all__ = ["Consumer", "ConsumerRunner", "batch_consumer", "consumer", "consumers"]
