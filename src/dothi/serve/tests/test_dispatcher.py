"""The one port: who answers which path, and what every answer carries."""

import asyncio

import pytest
from a2wsgi import WSGIMiddleware

from dothi.serve import asgi
from dothi.serve.asgi import Dispatcher, request_id, shown, tidy_headers


def answering(name):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": name.encode()})

    return app


def ask(dispatcher, path, headers=()):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers), "query_string": b""}
    asyncio.run(dispatcher(scope, None, send))
    return sent


@pytest.fixture
def dispatcher():
    return Dispatcher([("/ngsi-ld/v1", answering("context"))], answering("django"))


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/ngsi-ld/v1/entities", b"context"),
        ("/ngsi-ld/v1", b"context"),
        ("/ngsi-ld/v10", b"django"),
        ("/", b"django"),
        ("/x/ngsi-ld/v1", b"django"),
    ],
)
def test_a_prefix_takes_whole_segments_only(dispatcher, path, who):
    assert ask(dispatcher, path)[1]["body"] == who


def test_every_answer_carries_a_request_id(dispatcher):
    assert dict(ask(dispatcher, "/")[0]["headers"])[b"x-request-id"]


def test_the_callers_request_id_is_kept(dispatcher):
    answer = ask(dispatcher, "/", [(b"x-request-id", b"abc-123")])
    assert dict(answer[0]["headers"])[b"x-request-id"] == b"abc-123"


@pytest.mark.parametrize("bad", [b"", b"x" * 65, b"a b", b"a\nb", "é".encode()])
def test_a_strange_request_id_is_replaced(bad):
    assert request_id([(b"x-request-id", bad)]).encode() != bad


def test_a_header_with_an_underscore_never_reaches_django():
    assert tidy_headers([(b"x_forwarded_proto", b"https"), (b"host", b"a")]) == [(b"host", b"a")]


def test_several_cookie_headers_become_one():
    assert tidy_headers([(b"cookie", b"a=1"), (b"cookie", b"b=2")]) == [(b"cookie", b"a=1; b=2")]


def test_an_app_that_fails_is_counted_as_500(dispatcher):
    async def broken(scope, receive, send):
        raise ValueError("broken")

    from dothi.serve import metrics

    counter = metrics.REQUESTS.labels("/", "GET", "500")
    before = counter._value.get()
    with pytest.raises(ValueError, match="broken"):
        ask(Dispatcher([], broken), "/")
    assert counter._value.get() == before + 1


def test_the_secret_of_a_one_time_link_stays_out_of_the_log():
    assert shown("/identity/setup/abc/") == "/identity/setup/…"


def test_a_form_that_arrived_at_once_reaches_django():
    def echo(environ, start_response):
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]

    def arrived():
        # What the server gives when the body is there already: awaitable, but no coroutine.
        future = asyncio.get_running_loop().create_future()
        future.set_result({"type": "http.request", "body": b"email=a", "more_body": False})
        return future

    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/", "query_string": b"",
        "headers": [(b"content-length", b"7")],
    }  # fmt: skip
    asyncio.run(Dispatcher([], WSGIMiddleware(echo))(scope, arrived, send))
    assert b"".join(message.get("body", b"") for message in sent) == b"email=a"


def posted(receive, monkeypatch, **limits):
    """The status of a form sent in the way ``receive`` gives it; the page must not be asked before it is whole."""
    for name, value in limits.items():
        monkeypatch.setattr(asgi, name, value)
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [(b"content-length", b"9")],
    }
    asyncio.run(Dispatcher([], answering("page"))(scope, receive, send))
    return sent[0]["status"]


def test_a_client_that_never_sends_its_form_keeps_no_page_waiting(monkeypatch):
    async def never():
        await asyncio.sleep(60)

    assert posted(never, monkeypatch, BODY_WITHIN_S=0.01) == 408


def test_a_form_without_end_is_refused(monkeypatch):
    async def endless():
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    assert posted(endless, monkeypatch, MAX_BODY=1000) == 413


def test_a_form_in_pieces_is_handed_on_whole(monkeypatch):
    pieces = [(b"emai", True), (b"l=a", False)]

    async def receive():
        body, more = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": more}

    assert posted(receive, monkeypatch) == 200
