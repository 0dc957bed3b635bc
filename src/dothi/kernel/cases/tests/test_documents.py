"""Documents: what is taken, what is refused and why, versions, quarantine, who may read."""

from __future__ import annotations

import io
import socketserver
import threading
from contextlib import contextmanager

import pytest

from dothi.core.errors import Conflict, NotFound, TooLarge
from dothi.engines import registry
from dothi.engines.blob.folder.store import FolderBlobs
from dothi.kernel.cases import actions, checks, documents, queries
from dothi.kernel.cases.checks import WrongFile
from dothi.kernel.cases.models import DocumentVersion
from dothi.kernel.cases.tests.conftest import CITIZEN, OPERATOR, ORG, WARD, someone

pytestmark = pytest.mark.django_db
PICTURES = ("png", "jpeg", "webp", "gif", "tiff")


@pytest.fixture(autouse=True)
def blobs(tmp_path):
    store = FolderBlobs(tmp_path)
    before = list(registry._blobs)
    registry.use_blob(lambda: store)
    yield store
    registry._blobs[:] = before


def picture(kind="png", size=(8, 8)) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind)
    return made.getvalue()


def pdf(password: str = "") -> bytes:
    from pypdf import PdfWriter

    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(made)
    return made.getvalue()


@pytest.fixture
def case():
    return actions.open_case("test-report", data={"what": "x"}, by=CITIZEN, unit=WARD, organisation=ORG)


def test_a_photo_is_kept_noted_and_read(case, blobs):
    row = documents.add_document(case.id, "other", picture(), name="ảnh chụp.png", by=CITIZEN)
    found = queries.get(case.id, by=OPERATOR)
    (meta,) = found.snapshot.documents["other"]
    assert (meta.name, meta.media_type, meta.state) == ("ảnh chụp.png", "image/png", "clean")
    version, file = documents.open_document(row.id, by=OPERATOR)
    with file:
        assert file.read() == picture()
    assert version.digest == meta.sha256
    with pytest.raises(NotFound):
        documents.open_document(row.id, by=someone(id="stranger"))
    replaced = documents.replace_document(row.id, pdf(), name="don.pdf", by=CITIZEN)
    assert replaced.current == 2
    (meta,) = queries.get(case.id, by=OPERATOR).snapshot.documents["other"]
    assert meta.media_type == "application/pdf"
    assert documents.open_document(row.id, by=OPERATOR, version=1)[0].media_type == "image/png"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.pdf"),
        (b"MZ" + b"\0" * 100, "a.pdf"),
        (b"MZ" + b"\0" * 100, "a.exe"),
        (b"%PDF-1.4 broken", "a.pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.png"),
        (b"<html><script>alert(1)</script>", "a.png"),
        (b"x", "a"),
        (b"x", "../../etc/passwd"),
    ],
)
def test_what_is_not_what_it_says_is_refused_and_not_kept(case, blobs, content, name):
    with pytest.raises(WrongFile):
        documents.add_document(case.id, "other", content, name=name, by=CITIZEN)
    assert list(blobs.iterate()) == []
    assert queries.get(case.id, by=OPERATOR).rev == case.rev


def test_a_picture_named_as_another_kind_is_refused(case):
    with pytest.raises(WrongFile):
        documents.add_document(case.id, "other", picture("jpeg"), name="a.png", by=CITIZEN)
    with pytest.raises(WrongFile):
        documents.add_document(case.id, "other", pdf("secret"), name="a.pdf", by=CITIZEN)


def test_a_file_that_is_too_large_is_refused(case, blobs):
    with pytest.raises(TooLarge):
        documents.add_document(
            case.id, "other", (b"\0" * (1 << 20) for _ in range(21)), name="a.pdf", by=CITIZEN
        )
    assert list(blobs.iterate()) == []


@pytest.mark.parametrize("kind", PICTURES)
def test_every_kind_of_picture_is_known(kind):
    name = {"jpeg": "a.jpg", "tiff": "a.tif"}.get(kind, f"a.{kind}")
    assert checks.media_type(io.BytesIO(picture(kind)), name, [name[2:]]) == f"image/{kind}"


@contextmanager
def clamd(answer: bytes):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            assert self.rfile.read(10) == b"zINSTREAM\0"
            while size := int.from_bytes(self.rfile.read(4), "big"):
                self.rfile.read(size)
            self.wfile.write(answer + b"\0")

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def scanner(monkeypatch):
    class Settings:
        clamd_url = ""

    settings = Settings()
    monkeypatch.setattr(documents, "current", lambda: settings)
    return settings


def test_malware_is_refused(case, blobs, scanner):
    with clamd(b"stream: Eicar-Signature FOUND") as scanner.clamd_url, pytest.raises(WrongFile):
        documents.add_document(case.id, "other", picture(), name="a.png", by=CITIZEN)
    assert list(blobs.iterate()) == []


def test_without_its_scanner_a_file_waits_in_quarantine(case, scanner):
    scanner.clamd_url = "tcp://127.0.0.1:1"
    row = documents.add_document(case.id, "other", picture(), name="a.png", by=CITIZEN)
    with pytest.raises(Conflict):
        documents.open_document(row.id, by=CITIZEN)
    assert documents.scan_waiting() == 0
    with clamd(b"stream: OK") as scanner.clamd_url:
        assert documents.scan_waiting() == 1
    assert DocumentVersion.objects.get().state == "clean"
    (meta,) = queries.get(case.id, by=OPERATOR).snapshot.documents["other"]
    assert meta.state == "clean"
