"""Entities over MQTT: what a message may hold, what becomes of one that cannot be taken."""

import os
import threading
import time
import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.errors import Unavailable
from dothi.kernel.feeds.models import DeadLetter
from dothi.kernel.feeds.mqtt import feed as module
from dothi.kernel.feeds.mqtt.feed import MqttFeed, _Letter
from dothi.kernel.feeds.mqtt.payload import entities


def entity(number):
    value = {"type": "Property", "value": number}
    return {"id": f"urn:ngsi-ld:Device:{number}", "type": "Device", "batteryLevel": value}


def encoded(thing):
    return msgspec.json.encode(thing)


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_a_message_holds_one_entity_or_many(numbers):
    assert [msgspec.json.decode(e) for e in entities(encoded([*map(entity, numbers)]))] == [
        *map(entity, numbers)
    ]
    assert [msgspec.json.decode(e) for e in entities(encoded(entity(numbers[0])))] == [entity(numbers[0])]


@pytest.mark.parametrize("payload", [b"", b"hello", b"12", b"[1, 2]", b'{"id": ', b"[{}, ]", b"\xff\xfe"])
def test_anything_else_is_refused_with_what_is_wrong(payload):
    with pytest.raises(ValueError, match=r".+"):
        entities(payload)


@pytest.mark.django_db
def test_what_cannot_be_taken_becomes_a_dead_letter_and_the_rest_arrives(live):
    payloads = [encoded(entity(1)), b"garbage", encoded([entity(2), {"id": "no urn", "type": "Device"}])]
    letters = [_Letter(i, 1, f"dothi/entities/{i}", payload) for i, payload in enumerate(payloads)]
    result = MqttFeed("mqtt://nowhere", client_id="test")._take(live, letters)
    assert (result.read, result.written, result.rejected) == (4, 2, 2)
    assert live.count("Device") == 2
    assert {each.topic for each in DeadLetter.objects.all()} == {"dothi/entities/1", "dothi/entities/2"}
    assert all(each.reason for each in DeadLetter.objects.all())


def test_without_the_extra_it_says_how_to_get_it(memory, monkeypatch):
    monkeypatch.setattr(module, "paho", None)
    with pytest.raises(Unavailable, match=r"\./dothi add scale"):
        MqttFeed("mqtt://nowhere", client_id="test").run(memory, threading.Event(), lambda _: None)


@pytest.fixture
def broker():
    return os.environ["DOTHI_TEST_MQTT_URL"]


@pytest.fixture
def send(broker):
    """Publish payloads at quality of service 1 and wait until the broker has them."""
    from urllib.parse import urlsplit

    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect(urlsplit(broker).hostname, urlsplit(broker).port or 1883)
    client.loop_start()

    def publish(topic, *payloads):
        for sent in [client.publish(topic, payload, qos=1) for payload in payloads]:
            sent.wait_for_publish(10)

    yield publish
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def feed(broker):
    name = uuid.uuid4().hex
    return MqttFeed(broker, client_id=f"dothi-test-{name}", topic=f"dothi-test/{name}/#")


def run(feed, context, until, reports=None):
    """Run the feed until a condition holds (or ten seconds have passed)."""
    stop = threading.Event()
    failures = []

    def target():
        try:
            feed.run(context, stop, (reports if reports is not None else []).append)
        except Exception as error:
            failures.append(error)
            stop.set()

    thread = threading.Thread(target=target)
    thread.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not stop.is_set() and not until():
        time.sleep(0.02)
    stop.set()
    thread.join(timeout=10)
    return failures


def session(feed, context):
    """Let the broker know us, so that it keeps what is sent while we are away."""
    begun = time.monotonic()
    assert run(feed, context, lambda: time.monotonic() - begun > 0.7) == []


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_entities_sent_while_we_were_away_arrive(feed, send, live):
    session(feed, live)
    send(feed._topic.replace("#", "x"), *(encoded(entity(i)) for i in range(200)))
    assert run(feed, live, lambda: live.count("Device") == 200) == []
    assert live.count("Device") == 200


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_written_is_sent_again(feed, send, live, memory):
    session(feed, live)
    send(feed._topic.replace("#", "x"), *(encoded(entity(i)) for i in range(20)))
    memory.fail_next = RuntimeError("the disk is full")
    assert "the disk is full" in str(run(feed, memory, lambda: False)[0])
    assert run(feed, live, lambda: live.count("Device") == 20) == []
    assert live.count("Device") == 20


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_a_bad_message_is_buried_once_and_not_sent_again(feed, send, live):
    session(feed, live)
    send(feed._topic.replace("#", "x"), b"garbage", encoded(entity(1)))
    run(feed, live, lambda: live.count("Device") == 1)
    session(feed, live)
    assert DeadLetter.objects.count() == 1


@pytest.mark.servers  # needs the client library, no broker
def test_a_broker_that_is_not_there_is_an_error_the_runner_sees(memory):
    with pytest.raises(OSError, match=r".*"):
        MqttFeed("mqtt://127.0.0.1:9", client_id="test").run(memory, threading.Event(), lambda _: None)
