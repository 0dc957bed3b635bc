"""Buckets: what one reader may ask in a minute, by address or by token."""

import asyncio
import json

import pytest

from dothi.centres.opendata import quota
from dothi.centres.opendata.quota import Buckets, network
from dothi.core.errors import Unauthenticated
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def buckets(clock):
    return Buckets(clock)


@pytest.fixture(autouse=True)
def full():
    quota.buckets.forget()


def test_a_full_bucket_gives_its_limit_and_no_more(buckets):
    assert [buckets.take("a", 3).granted for _ in range(4)] == [True, True, True, False]


def test_it_fills_again_with_time(buckets, clock):
    for _ in range(60):
        buckets.take("a", 60)
    assert not buckets.take("a", 60).granted
    clock.now += 1.0
    assert buckets.take("a", 60).granted
    assert not buckets.take("a", 60).granted


def test_it_never_holds_more_than_its_limit(buckets, clock):
    buckets.take("a", 2)
    clock.now += 10_000
    assert [buckets.take("a", 2).granted for _ in range(3)] == [True, True, False]


def test_readers_do_not_share(buckets):
    assert not [buckets.take("a", 1) for _ in range(2)][-1].granted
    assert buckets.take("b", 1).granted


def test_a_refusal_says_how_long_to_wait_and_waiting_helps(buckets, clock):
    for _ in range(10):
        buckets.take("a", 10)
    refused = buckets.take("a", 10, 5)
    assert (refused.granted, refused.wait_s) == (False, 30)
    clock.now += refused.wait_s
    assert buckets.take("a", 10, 5).granted


def test_what_costs_more_than_the_bucket_holds_takes_it_whole(buckets):
    assert buckets.take("a", 5, 100).granted
    assert not buckets.take("a", 5, 1).granted


def test_no_limit_is_no_limit(buckets):
    assert all(buckets.take("a", 0).granted for _ in range(1000))


def test_those_not_seen_for_long_are_forgotten(buckets, monkeypatch):
    monkeypatch.setattr(quota, "MOST_READERS", 2)
    for name in "abc":
        buckets.take(name, 1)
    assert buckets.take("a", 1).granted
    assert not buckets.take("c", 1).granted


@pytest.mark.parametrize(
    ("address", "shared"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "unknown"), ("x", "x")],
)
def test_an_ipv6_network_shares_a_bucket(address, shared):
    assert network(address) == shared


def test_a_token_has_more_than_an_address(actor):
    assert quota.take(actor("an"), "203.0.113.1").limit > quota.take(ANONYMOUS, "203.0.113.1").limit


def test_the_platform_itself_is_not_counted():
    assert quota.take(SYSTEM, "").limit == 0


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"rows"})


def ask(metered, **scope):
    sent = []

    async def send(message):
        sent.append(message)

    plain = {
        "type": "http",
        "method": "GET",
        "path": "/data/v1/x/rows",
        "headers": [],
        "client": ("198.51.100.7", 1),
    }
    asyncio.run(metered({**plain, **scope}, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_a_plain_app_is_metered_and_says_what_is_left():
    status, headers, body = ask(quota.metered(app, lambda headers, query: ANONYMOUS))
    assert (status, headers[b"ratelimit-remaining"], body) == (200, b"599", b"rows")


def test_a_plain_app_refuses_with_a_problem(monkeypatch):
    metered = quota.metered(app, lambda headers, query: ANONYMOUS, lambda path, query: 400)
    assert ask(metered)[0] == 200
    status, headers, body = ask(metered, headers=[(b"accept-language", b"en")])
    assert (status, int(headers[b"retry-after"]) > 0) == (429, True)
    assert "requests a minute" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    ("path", "query", "takes"),
    [
        ("/ogc/collections/x/tiles/WebMercatorQuad/6/30/50", b"", 0.1),
        ("/ogc/collections/x/items", b"", 0.1),
        ("/ogc/collections/x/items", b"limit=10&after=kwGh", 0.1),
        ("/ogc/collections/x/items", b"limit=1000", 1),
        ("/ogc/collections/x/items", b"limit=10000", 10),
        ("/ogc/collections/x/items", b"limit=%31%30%30%30%30", 10),
        ("/ogc/collections/x/items", b"limit=ten", 0.1),
        ("/ogc/collections", b"", 1),
    ],
)
def test_a_piece_of_a_map_takes_less_than_a_large_page(path, query, takes):
    assert quota.cost_of_places(path, query) == takes


def test_a_program_that_pages_by_ten_reads_five_thousand_places_a_minute(clock):
    held, price = Buckets(clock), quota.cost_of_places("/ogc/collections/x/items", b"limit=10")
    assert all(held.take("gdal", 600, price).granted for _ in range(500))


def test_a_refusal_can_be_read_by_pages_of_other_sites():
    metered = quota.metered(app, lambda headers, query: ANONYMOUS, lambda path, query: 600)
    ask(metered)
    assert ask(metered)[1][b"access-control-allow-origin"] == b"*"


def test_a_bad_token_is_left_to_the_app():
    def refuse(headers, query):
        raise Unauthenticated

    assert ask(quota.metered(app, refuse))[0] == 200


def test_asking_what_is_allowed_costs_nothing():
    assert b"ratelimit-limit" not in ask(quota.metered(app, lambda *_: ANONYMOUS), method="OPTIONS")[1]
