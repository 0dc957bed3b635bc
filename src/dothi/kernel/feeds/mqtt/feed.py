"""The MQTT feed: subscribes, writes in batches, and acknowledges to the broker what is durable here.

Quality of service 1 with a session the broker keeps: what was not acknowledged when we stopped, or could not
write, is sent again. Writing an entity twice changes nothing, so at-least-once is enough. A message that can
never be taken is kept as a dead letter and acknowledged.
"""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from dothi.core.errors import Unavailable, both
from dothi.kernel.feeds import actions
from dothi.kernel.feeds.base import FeedResult, Label, Provenance, Report, Writer
from dothi.kernel.feeds.mqtt.payload import entities
from dothi.kernel.identity.access import SYSTEM

try:
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion
except ImportError:  # the base install goes without; run() says how to get it
    paho = None  # type: ignore[assignment]

log = structlog.get_logger()
KEY = "mqtt"
TOPIC = "dothi/entities/#"
_BATCH = 1000
_WAITING = 20_000  # messages held in memory; beyond that the broker keeps them
_LINGER_S = 0.02


def session_name(home: Path) -> str:
    """The client id of an installation: the same after every start, another for every data folder."""
    return f"dothi-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class _Letter:
    """One message as it came."""

    mid: int
    qos: int
    topic: str
    payload: bytes


class MqttFeed:
    """Entities from the broker at ``url``. ``client_id`` names the session it keeps: one per city."""

    key = KEY
    label = Label("Thiết bị qua MQTT", "Devices over MQTT")
    provenance: Provenance = "observed"

    def __init__(self, url: str, *, client_id: str, topic: str = TOPIC) -> None:
        self._url = urlsplit(url)
        self._client_id = client_id
        self._topic = topic

    def run(self, context: Writer, stop: threading.Event, report: Report) -> None:
        """Take messages until ``stop`` is set; raises when the broker is lost or a write fails."""
        inbox: queue.Queue[_Letter] = queue.Queue(_WAITING)
        lost: list[str] = []
        client = self._connect(inbox, lost)
        client.loop_start()
        try:
            while not stop.is_set():
                letters = _gather(inbox)
                if letters:
                    report(self._take(context, letters))
                    for letter in letters:
                        client.ack(letter.mid, letter.qos)
                elif lost:
                    raise ConnectionError(lost[0])
        finally:
            client.disconnect()
            _drain(
                inbox
            )  # lets the client's thread end where it waits for room; the broker sends these again
            client.loop_stop()

    def _connect(self, inbox: queue.Queue[_Letter], lost: list[str]) -> Any:
        if paho is None:
            raise Unavailable(
                both(
                    "MQTT cần phần mở rộng: chạy ./dothi add scale.",
                    "MQTT needs an extra: run ./dothi add scale.",
                )
            )
        url = self._url
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            clean_session=False,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        if url.username:
            client.username_pw_set(unquote(url.username), unquote(url.password or ""))
        if url.scheme == "mqtts":
            client.tls_set()

        def on_connect(client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
            if reason.is_failure:
                lost.append(f"the broker refused the connection: {reason}")
            else:
                client.subscribe(self._topic, qos=1)
                log.info("mqtt.connected", host=url.hostname, topic=self._topic)

        def on_disconnect(client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
            lost.append(f"the broker is gone: {reason}")

        def on_message(client: Any, userdata: Any, message: Any) -> None:
            inbox.put(_Letter(message.mid, message.qos, message.topic, message.payload))

        client.on_connect, client.on_disconnect, client.on_message = on_connect, on_disconnect, on_message
        port = url.port or (8883 if url.scheme == "mqtts" else 1883)
        client.connect(url.hostname or "127.0.0.1", port, keepalive=30)
        return client

    def _take(self, context: Writer, letters: Sequence[_Letter]) -> FeedResult:
        """Write what the messages hold; what cannot be taken becomes dead letters."""
        batch: list[bytes] = []
        senders: list[_Letter] = []
        reasons: Counter[str] = Counter()
        for letter in letters:
            try:
                found = entities(letter.payload)
            except ValueError as error:
                reasons["not entities"] += 1
                actions.bury(self.key, letter.topic, letter.payload, str(error))
                continue
            batch += found
            senders += [letter] * len(found)
        done = context.upsert(batch, mode="update", by=SYSTEM) if batch else None
        for which, refusal in done.errors if done else ():
            reasons[type(refusal).__name__] += 1
            place = which if isinstance(which, int) else _place(str(which), batch)
            actions.bury(self.key, senders[place].topic, batch[place], str(refusal))
        refused = sum(reasons.values())
        broken = reasons["not entities"]
        return FeedResult(len(batch) + broken, len(batch) + broken - refused, refused, dict(reasons))


def _place(id: str, batch: Sequence[bytes]) -> int:
    wanted = id.encode()
    return next((place for place, entity in enumerate(batch) if wanted in entity), 0)


def _gather(inbox: queue.Queue[_Letter]) -> list[_Letter]:
    """What came within a moment of the first message; empty when nothing came for half a second."""
    try:
        letters = [inbox.get(timeout=0.5)]
    except queue.Empty:
        return []
    until = time.monotonic() + _LINGER_S
    while len(letters) < _BATCH:
        try:
            letters.append(inbox.get(timeout=max(until - time.monotonic(), 0)))
        except queue.Empty:
            break
    return letters


def _drain(inbox: queue.Queue[_Letter]) -> None:
    while True:
        try:
            inbox.get_nowait()
        except queue.Empty:
            return
