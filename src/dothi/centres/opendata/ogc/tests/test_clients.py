"""An unmodified client of others (OWSLib) reads the service, over HTTP."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dothi.centres.opendata.ogc import call

features = pytest.importorskip("owslib.ogcapi.features")
records = pytest.importorskip("owslib.ogcapi.records")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def base(client, monkeypatch):
    """The service at an address of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer = client.get(
                self.path, headers={name.lower(): value for name, value in self.headers.items()}
            )
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(call, "current", lambda: type("Here", (), {"url": address}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"{address}/ogc/"
    server.shutdown()
    server.server_close()


def test_owslib_reads_collections_queryables_and_features(base, published):
    key = published()
    service = features.Features(base)
    assert key in service.feature_collections()
    assert "kind" in service.collection_queryables(key)["properties"]
    found = service.collection_items(key, bbox=[106.705, 10.7, 106.75, 10.85], limit=5)
    assert [each["id"] for each in found["features"]] == ["t2", "t3"]
    assert service.collection_item(key, "t1")["properties"]["kind"] == "sao"
    assert service.api()["openapi"] == "3.0.3"


def test_owslib_finds_records(base, published):
    key = published()
    service = records.Records(base)
    assert service.records() == ["catalogue.datasets"]
    found = service.collection_items("catalogue.datasets", q="cây xanh")
    assert [each["id"] for each in found["features"]] == [key]
