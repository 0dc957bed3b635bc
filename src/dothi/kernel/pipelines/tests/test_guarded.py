"""A client for typed addresses: nothing inside, redirects neither, the judged address and no other, limits."""

import socket

import pytest

from dothi.core import outside
from dothi.core.errors import BadInput
from dothi.kernel.pipelines.sources.base import SourceAway
from dothi.kernel.pipelines.sources.http import client as http
from dothi.kernel.pipelines.sources.http.client import Client, Typed
from dothi.kernel.pipelines.tests.servers import Reply, serving

HERE = Typed(allowed=("127.0.0.1",))


def test_this_machine_is_not_asked_unless_it_is_listed():
    with serving(lambda asked: Reply({"a": 1})) as server:
        with pytest.raises(outside.Inside):
            Client(server.url, typed=Typed()).get(server.url)
        assert server.asked == []
        assert Client(server.url, typed=HERE).get(server.url).document() == {"a": 1}


def test_a_redirect_is_judged_as_well():
    with serving(lambda asked: Reply(b"secret")) as inner:
        port = inner.url.rpartition(":")[2].strip("/")
        there = f"http://127.0.0.2:{port}/latest/meta-data"
        moved = Reply(status=302, headers={"Location": there})
        with serving(lambda asked: moved) as server, pytest.raises(outside.Inside):
            Client(server.url, typed=HERE).get(server.url)
        assert inner.asked == []


def test_a_redirect_to_another_scheme_is_not_followed():
    moved = Reply(status=302, headers={"Location": "file:///etc/passwd"})
    with serving(lambda asked: moved) as server, pytest.raises((SourceAway, BadInput)):
        Client(server.url, typed=HERE).get(server.url)


def test_a_name_is_resolved_once_and_the_judged_address_connected_to(monkeypatch):
    with serving(lambda asked: Reply({"ok": True})) as server:
        port = int(server.url.rpartition(":")[2].strip("/"))
        asked = []

        def resolve(host, port, allowed):
            asked.append((host, tuple(allowed)))
            return ["127.0.0.1"]

        monkeypatch.setattr(outside, "resolve", resolve)
        found = Client(f"http://portal.example:{port}", typed=Typed(("x.vn",))).get(
            f"http://portal.example:{port}/"
        )
        assert found.document() == {"ok": True}
        assert asked == [("portal.example", ("x.vn",))]
        assert server.asked[0].headers["Host"] == f"portal.example:{port}"


def test_a_name_that_is_not_there_is_away(monkeypatch):
    def nobody(*_, **__):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.setattr(http, "BACKOFF_S", 0)
    with pytest.raises(SourceAway):
        Client("http://nobody.example", typed=Typed()).get("http://nobody.example/")


def test_an_answer_that_is_too_large_or_too_late_is_given_up():
    with serving(lambda asked: Reply(b"x" * 5000)) as server:
        with pytest.raises(BadInput, match="too much"):
            Client(server.url, typed=Typed(HERE.allowed, bytes=4000)).get(server.url)
        with pytest.raises(BadInput, match="too long"):
            Client(server.url, typed=Typed(HERE.allowed, seconds=-1)).get(server.url)
