"""What every place for files promises."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from threading import Thread

import pytest
from pyarrow import fs

from dothi.engines.blob.base import Blob, BlobError, BlobMissing, BlobTooLarge
from dothi.engines.blob.folder.store import FolderBlobs
from dothi.engines.blob.registry import open_blobs
from dothi.engines.blob.s3.store import BucketBlobs


@pytest.fixture(params=["folder", "bucket"])
def blobs(request, tmp_path):
    """Each engine, empty. The bucket's own code runs on another of Arrow's file systems: no server is needed."""
    if request.param == "folder":
        return FolderBlobs(tmp_path / "blobs")
    return BucketBlobs(fs.LocalFileSystem(), str(tmp_path / "bucket"))


def test_content_comes_back_by_its_digest(blobs):
    kept = blobs.put(b"ho so")
    assert kept == Blob(hashlib.sha256(b"ho so").hexdigest(), 5)
    assert blobs.exists(kept.digest)
    assert blobs.get(kept.digest) == b"ho so"
    with blobs.open(kept.digest) as file:
        file.seek(3)
        assert file.read() == b"so"


def test_the_same_content_is_kept_once(blobs):
    assert blobs.put(b"a") == blobs.put([b"a"])
    assert list(blobs.iterate()) == [blobs.put(b"a")]


def test_pieces_make_one_content(blobs):
    assert blobs.put(bytes([n]) * 100_000 for n in range(30)).size == 3_000_000


def test_empty_content_is_content(blobs):
    assert blobs.get(blobs.put(b"").digest) == b""


def test_too_much_leaves_nothing(blobs):
    with pytest.raises(BlobTooLarge):
        blobs.put([b"12345", b"6"], limit=5)
    assert list(blobs.iterate()) == []
    assert blobs.put(b"12345", limit=5).size == 5


def test_what_is_removed_is_gone(blobs):
    kept = blobs.put(b"x")
    assert blobs.delete(kept.digest)
    assert not blobs.delete(kept.digest)
    assert not blobs.exists(kept.digest)
    with pytest.raises(BlobMissing):
        blobs.get(kept.digest)


@pytest.mark.parametrize("wrong", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/"])
def test_a_name_that_is_no_digest_is_never_a_path(blobs, wrong):
    for ask in (blobs.get, blobs.open, blobs.exists, blobs.delete):
        with pytest.raises(BlobMissing):
            ask(wrong)


def test_many_at_once_keep_the_same_content(blobs):
    content = os.urandom(50_000)
    threads = [Thread(target=blobs.put, args=(content,)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [blobs.get(each.digest) for each in blobs.iterate()] == [content]


def test_a_source_that_fails_leaves_nothing(blobs):
    def source():
        yield b"half"
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        blobs.put(source())
    assert list(blobs.iterate()) == []


def test_a_killed_writer_leaves_no_half_content(tmp_path):
    script = (
        "import sys, os; from pathlib import Path\n"
        "from dothi.engines.blob.folder.store import FolderBlobs\n"
        "store = FolderBlobs(Path(sys.argv[1]))\n"
        "while True: print(store.put(os.urandom(200_000)).digest, flush=True)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as running:
        acknowledged = [running.stdout.readline().strip() for _ in range(5)]
        running.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in running.stdout if len(line) == 65]
    store = FolderBlobs(tmp_path)
    kept = {each.digest: each.size for each in store.iterate()}
    assert set(acknowledged) <= set(kept)
    assert all(hashlib.sha256(store.get(digest)).hexdigest() == digest for digest in kept)


def test_a_place_that_is_none_is_refused(tmp_path):
    assert isinstance(open_blobs(str(tmp_path)), FolderBlobs)
    assert isinstance(open_blobs(f"file://{tmp_path}"), FolderBlobs)
    with pytest.raises(BlobError):
        open_blobs("ftp://x/y")
