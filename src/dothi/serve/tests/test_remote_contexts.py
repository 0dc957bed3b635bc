"""Remote @contexts: fetched from hosts the operator named, and from nowhere else."""

import http.server
import socket
import threading
import time

import pytest

from dothi.serve import remote_contexts
from dothi.serve.remote_contexts import FetchError, RemoteContexts, fetcher

DOCUMENT = b'{"@context": {"name": "https://example.org/name"}}'


class Site(http.server.BaseHTTPRequestHandler):
    """A host of @contexts with everything that can go wrong."""

    def do_GET(self):
        getattr(self, self.path.strip("/").replace("-", "_").split("?")[0])()

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def context(self):
        self.reply(200, DOCUMENT)

    def moved(self):
        self.reply(302, Location="/context")

    def moved_away(self):
        self.reply(302, Location="http://127.0.0.2:1/context")

    def moved_to_a_file(self):
        self.reply(302, Location="file:///etc/hostname")

    def loop(self):
        self.reply(302, Location="/loop")

    def missing(self):
        self.reply(404)

    def huge(self):
        self.reply(200, b" " * (remote_contexts.MAX_BYTES + 1))

    def drip(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" ")
            time.sleep(0.05)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def port():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def here(port):
    return RemoteContexts([f"127.0.0.1:{port}"])


def test_nothing_is_fetched_unless_a_host_is_listed():
    assert fetcher(()) is None


@pytest.mark.parametrize("path", ["context", "moved"])
def test_a_document_of_a_listed_host_is_fetched(here, port, path):
    assert here.fetch(f"http://127.0.0.1:{port}/{path}") == DOCUMENT


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("moved-away", "not in the setting"),
        ("moved-to-a-file", "only http and https"),
        ("loop", "redirects"),
        ("missing", "answered 404"),
        ("huge", "larger than"),
    ],
)
def test_an_answer_that_leads_elsewhere_or_is_no_document_is_refused(here, port, path, why):
    with pytest.raises(FetchError, match=why):
        here.fetch(f"http://127.0.0.1:{port}/{path}")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2:{port}/context",
        "http://127.0.0.1/context",
        "http://localhost:{port}/context",
        "http://127.0.0.1:{port}@example.org/context",
        "http://user@127.0.0.1:{port}/context",
        "http://2130706433:{port}/context",
        "http://[::1]:{port}/context",
        "ftp://127.0.0.1:{port}/context",
        "http://127.0.0.1:{port}/a b",
        "http://127.0.0.1:{port}/a\r\nX-Header: 1",
        "http://127.0.0.1:99999/context",
        "http:///context",
    ],
)
def test_no_other_spelling_reaches_another_place(here, port, url):
    with pytest.raises(FetchError):
        here.fetch(url.format(port=port))


def test_a_listed_name_must_not_lead_to_this_machine(monkeypatch, port):
    def found(host, at, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", at))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(FetchError, match="no public address"):
        RemoteContexts([f"contexts.example:{port}"]).fetch(f"http://contexts.example:{port}/context")
    both = RemoteContexts([f"contexts.example:{port}", "127.0.0.1"])
    assert both.fetch(f"http://contexts.example:{port}/context") == DOCUMENT


def test_localhost_is_meant_when_it_is_listed(port):
    assert RemoteContexts([f"localhost:{port}"]).fetch(f"http://localhost:{port}/context") == DOCUMENT


def test_a_host_without_a_port_means_the_usual_port(port):
    with pytest.raises(FetchError, match="not in the setting"):
        RemoteContexts(["127.0.0.1"]).fetch(f"http://127.0.0.1:{port}/context")


def test_an_answer_that_never_ends_is_cut(here, port, monkeypatch):
    monkeypatch.setattr(remote_contexts, "TOTAL_S", 0.3)
    began = time.monotonic()
    with pytest.raises(FetchError, match="did not arrive"):
        here.fetch(f"http://127.0.0.1:{port}/drip")
    assert time.monotonic() - began < 2


def test_a_host_that_is_not_there_is_said_so():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(FetchError, match="did not answer"):
        RemoteContexts([f"127.0.0.1:{port}"]).fetch(f"http://127.0.0.1:{port}/context")
