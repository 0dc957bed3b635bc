"""The system's page: parts, what is kept, settings without their secrets."""

import pytest

from dothi.core.config import SETTINGS, current
from dothi.engines import registry
from dothi.engines.store.base import StoreUnavailable
from dothi.sites.admin.reads import health, installation
from dothi.sites.admin.reads.setting_words import VIETNAMESE

pytestmark = pytest.mark.usefixtures("feeds")


def test_every_setting_is_explained_in_vietnamese():
    assert sorted({setting.key for setting in SETTINGS} ^ set(VIETNAMESE)) == []


def test_a_secret_is_never_shown(office, monkeypatch):
    monkeypatch.setenv("DOTHI_MQTT_URL", "mqtt://sensor:hunter2@broker.example")
    current.cache_clear()
    try:
        text = office.get("/admin/system/").content.decode()
    finally:
        monkeypatch.undo()
        current.cache_clear()
    assert "hunter2" not in text
    assert "đã đặt, được ẩn" in text


def test_a_setting_that_differs_shows_its_default(monkeypatch):
    monkeypatch.setenv("DOTHI_PORT", "9000")
    current.cache_clear()
    try:
        port = next(each for each in installation.settings_in_force() if each.name == "DOTHI_PORT")
    finally:
        monkeypatch.undo()
        current.cache_clear()
    assert (port.value, port.default, port.changed) == ("9000", "8000", True)


def test_a_store_that_does_not_answer_is_not_in_order(monkeypatch):
    class Away:
        def read(self):
            raise StoreUnavailable("disk gone")

    monkeypatch.setitem(registry._stores, "context", Away())
    found = {part.key: (part.ok, part.problem) for part in health.parts()}
    assert found["context"] == (False, "disk gone")
    assert found["city"] == (True, "")


def test_journals_are_weighed_with_their_database(tmp_path, monkeypatch):
    for name, size in (("city.sqlite3", 100), ("city.sqlite3-wal", 20), ("city.sqlite3-shm", 3)):
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "one.tar").write_bytes(b"x" * 50)
    monkeypatch.setenv("DOTHI_HOME", str(tmp_path))
    current.cache_clear()
    try:
        storage = installation.storage()
    finally:
        monkeypatch.undo()
        current.cache_clear()
    assert [(each.name, each.size) for each in storage.contents] == [("city.sqlite3", 123), ("backups/", 50)]
    assert storage.total == 173
