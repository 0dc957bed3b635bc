"""A backup brings back what was there, or refuses and changes nothing."""

import os
import sqlite3
import tarfile
from datetime import UTC, datetime

import pytest

from dothi.core.config import load
from dothi.serve.backup import BackupError, create, restore
from dothi.serve.lock import AlreadyRunning, held, holder

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def config(tmp_path):
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    (home / "secrets" / "django").write_text("s3cret")
    for name in ("city.sqlite3", "context.sqlite3"):
        database = sqlite3.connect(home / name)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (1)")
        database.commit()
        database.close()
    return load({"DOTHI_HOME": str(home)})


def rows(config, name="city.sqlite3"):
    database = sqlite3.connect(config.home / name)
    try:
        return [row[0] for row in database.execute("SELECT x FROM t ORDER BY x")]
    finally:
        database.close()


def add_row(config, value):
    database = sqlite3.connect(config.home / "city.sqlite3")
    database.execute("INSERT INTO t VALUES (?)", (value,))
    database.commit()
    database.close()


def test_what_was_backed_up_comes_back(config, tmp_path):
    create(config, tmp_path / "b.tgz", AT)
    add_row(config, 2)
    restore(config, tmp_path / "b.tgz")
    assert rows(config) == [1]
    assert (config.home / "secrets" / "django").read_text() == "s3cret"


def test_a_backup_is_taken_while_another_connection_writes(config, tmp_path):
    writer = sqlite3.connect(config.home / "city.sqlite3")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO t VALUES (9)")
    create(config, tmp_path / "b.tgz", AT)
    writer.rollback()
    writer.close()
    restore(config, tmp_path / "b.tgz")
    assert rows(config) == [1]


def test_a_backup_can_be_read_by_its_owner_only(config, tmp_path):
    create(config, tmp_path / "b.tgz", AT)
    assert (tmp_path / "b.tgz").stat().st_mode & 0o077 == 0


def test_the_replaced_data_is_kept_aside(config, tmp_path):
    create(config, tmp_path / "b.tgz", AT)
    add_row(config, 2)
    restore(config, tmp_path / "b.tgz")
    database = sqlite3.connect(config.home / "before-restore" / "city.sqlite3")
    assert [row[0] for row in database.execute("SELECT x FROM t ORDER BY x")] == [1, 2]
    database.close()


@pytest.mark.parametrize("content", [b"", b"not a backup"])
def test_a_file_that_is_no_backup_is_refused(config, tmp_path, content):
    (tmp_path / "b.tgz").write_bytes(content)
    with pytest.raises(BackupError, match="not a backup"):
        restore(config, tmp_path / "b.tgz")
    assert rows(config) == [1]


def test_a_damaged_file_in_a_backup_is_refused_before_anything_changes(config, tmp_path):
    create(config, tmp_path / "b.tgz", AT)
    with tarfile.open(tmp_path / "b.tgz") as old, tarfile.open(tmp_path / "bad.tgz", "w:gz") as new:
        for member in old.getmembers():
            file = old.extractfile(member)
            if member.name == "secrets/django":
                member.size = 3
                import io

                file = io.BytesIO(b"bad")
            new.addfile(member, file)
    add_row(config, 2)
    with pytest.raises(BackupError, match="secrets/django"):
        restore(config, tmp_path / "bad.tgz")
    assert rows(config) == [1, 2]


def test_a_backup_of_the_other_engine_is_refused(config, tmp_path):
    create(config, tmp_path / "b.tgz", AT)
    other = load({"DOTHI_HOME": str(config.home), "DOTHI_DATABASE_URL": "postgresql://localhost/x"})
    with pytest.raises(BackupError, match="made on sqlite"):
        restore(other, tmp_path / "b.tgz")


def test_one_platform_per_data_folder(tmp_path):
    with held(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(AlreadyRunning), held(tmp_path):
            pass
    assert holder(tmp_path) is None
