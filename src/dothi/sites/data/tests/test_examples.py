"""The examples really work: the first two are run against a served dataset, the others are checked as text."""

import asyncio
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.warehouse.asgi import build
from dothi.sites.data.examples import bibtex, citation, examples

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(trees):
    """The hot path of the rows behind a small HTTP server; its address."""
    app = build(lambda headers, query=b"": ANONYMOUS)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path, _, query = self.path.partition("?")
            sent = []

            async def send(message):
                sent.append(message)

            scope = {
                "type": "http", "method": "GET", "path": path, "query_string": query.encode(),
                "headers": [(k.lower().encode(), v.encode()) for k, v in self.headers.items()],
            }  # fmt: skip
            asyncio.run(app(scope, None, send))
            self.send_response(sent[0]["status"])
            for name, value in sent[0]["headers"]:
                self.send_header(name.decode(), value.decode())
            self.end_headers()
            for message in sent[1:]:
                self.wfile.write(message.get("body", b""))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def code(base, key, name, pairs=()):
    return next(each.code for each in examples(base, key, pairs) if each.key == name)


@pytest.mark.parametrize(("pairs", "count"), [((), 120), ((("species", "Dầu rái"),), 40)])
def test_the_python_example_reads_every_row(served, trees, pairs, count):
    done = subprocess.run(
        [sys.executable, "-c", code(served, trees.key, "python", pairs)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(f"{count} rows")


def test_the_curl_example_writes_the_file(served, trees, tmp_path):
    assert shutil.which("curl"), "curl is missing"
    script = code(served, trees.key, "curl", (("species", "Sao đen"),))
    done = subprocess.run(
        ["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert '"matched":40' in done.stdout
    assert len((tmp_path / f"{trees.key}.csv").read_text().splitlines()) == 41


def test_the_others_name_the_same_file():
    for name in ("r", "excel"):
        assert "https://x.vn/data/v1/air/download.csv?a=1" in code("https://x.vn", "air", name, (("a", "1"),))


def test_a_condition_cannot_break_out_of_the_code():
    pairs = (("species", '\';rm -rf "$HOME"`x`\\'),)
    for each in examples("https://x.vn", "air", pairs):
        inside = each.code.partition("species=")[2].partition("\n")[0]
        assert not set("'`$\\ ") & set(inside.split('"')[0].split("'")[0].split("&")[0])
        assert "rm -rf" not in each.code


@pytest.mark.parametrize(("language", "word"), [("vi", "phiên bản 3"), ("en", "version 3")])
def test_a_citation_names_who_when_what_and_where(language, word):
    text = citation("Cây", "Sở", 2026, 3, "https://x.vn/data/a", "CC BY 4.0", language)
    for part in ("Sở (2026).", "Cây", word, "https://x.vn/data/a", "CC BY 4.0"):
        assert part in text


def test_bibtex_keeps_the_title_as_it_is():
    assert "title = {{Cây Xanh}}" in bibtex("a", "Cây Xanh", "Sở", 2026, 1, "https://x.vn/data/a")
