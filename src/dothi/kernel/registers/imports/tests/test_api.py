"""The same over HTTP, and the worker's part."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from dothi.core.clock import now
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers.imports import actions, tasks
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.models import Record


def test_nobody_imports_without_signing_in(client, db):
    answer = client.post("/api/registers/imports/owner/files", {"file": SimpleUploadedFile("a.csv", b"a\n")})
    assert answer.status_code in (401, 403)


def test_the_worker_takes_what_waits_and_forgets_old_files(bring, monkeypatch):
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    job = actions.start(bring("owner", "a.csv", "Họ tên\nAn\n"), by=SYSTEM)
    stop = threading.Event()

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "tidy", stop.set)
        tasks.run(stop)
    job.refresh_from_db()
    assert job.state == "done"
    assert Record.objects.count() == 1
    ImportJob.objects.update(made_at=now() - timedelta(days=40), ended_at=now() - timedelta(days=31))
    assert tasks.tidy() == 1
    assert not job.folder.exists()
