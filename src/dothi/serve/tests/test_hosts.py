"""A page of another site must not speak to a platform on this machine under its own name."""

import asyncio

import pytest

from dothi.core.config import load
from dothi.serve.hosts import guarded


async def served(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def status(home, host, **environ):
    config = load({"DOTHI_HOME": str(home), **environ})
    sent = []

    async def send(message):
        sent.append(message)

    headers = [] if host is None else [(b"host", host)]
    asyncio.run(guarded(served, config)({"headers": headers}, None, send))
    return sent[0]["status"]


@pytest.mark.parametrize("host", [b"localhost:8000", b"127.0.0.1:8000", b"[::1]:8000", b"LOCALHOST", None])
def test_this_machine_is_answered(tmp_path, host):
    assert status(tmp_path, host) == 200


@pytest.mark.parametrize(
    "host", [b"evil.example", b"localhost.evil.example", b"a b", b"[::1", b"127.0.0.1@evil.example", b""]
)
def test_another_name_is_refused(tmp_path, host):
    assert status(tmp_path, host) == 400


def test_names_of_the_settings_are_answered(tmp_path):
    named = {"DOTHI_ALLOWED_HOSTS": ".city.example", "DOTHI_PUBLIC_URL": "https://dothi.example"}
    assert [status(tmp_path, host, **named) for host in (b"a.city.example", b"dothi.example")] == [200, 200]


def test_a_platform_on_the_network_is_reached_under_any_address(tmp_path):
    assert status(tmp_path, b"192.168.1.5:8000", DOTHI_BIND="0.0.0.0") == 200
