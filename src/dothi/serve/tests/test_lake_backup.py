"""A backup holds the lake as it was at one moment, whatever is written meanwhile, and wherever it is restored."""

import os
import shutil
import threading
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from dothi.core.config import load
from dothi.engines.lake.registry import open_lake
from dothi.serve.backup import create, restore

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
T = "test.t"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def environment(request, tmp_path):
    """An installation's settings; on PostgreSQL with a database of its own."""
    given = {"DOTHI_HOME": str(tmp_path / "home")}
    (tmp_path / "home").mkdir()
    if request.param == "sqlite":
        yield given
        return
    import psycopg

    base = os.environ["DOTHI_TEST_DATABASE_URL"]
    name = f"backup_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(base, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield given | {"DOTHI_DATABASE_URL": f"{base.rsplit('/', 1)[0]}/{name}"}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def write(config, *values, table=T):
    with closing(open_lake(*config.lake_urls)) as lake:
        lake.ensure(table, pa.schema([("n", pa.int64())]))
        return lake.append(table, pa.table({"n": pa.array(values, pa.int64())}))


def kept(config, snapshot=None):
    with closing(open_lake(*config.lake_urls)) as lake:
        return sorted(lake.read(T, snapshot=snapshot).read_all()["n"].to_pylist())


def test_the_lake_comes_back_with_its_older_snapshots(environment, tmp_path):
    config = load(environment)
    first = write(config, 1)
    write(config, 2)
    create(config, tmp_path / "b.tgz", AT)
    write(config, 3)
    write(config, 9, table="test.later")
    restore(config, tmp_path / "b.tgz")
    assert kept(config) == [1, 2]
    assert kept(config, first.id) == [1]
    with closing(open_lake(*config.lake_urls)) as lake:
        assert lake.tables() == [T]


def test_the_restored_lake_is_written_swept_and_compacted(environment, tmp_path):
    config = load(environment)
    write(config, 1)
    write(config, 2)
    create(config, tmp_path / "b.tgz", AT)
    restore(config, tmp_path / "b.tgz")
    write(config, 3)
    with closing(open_lake(*config.lake_urls)) as lake:
        lake.compact(T)
        lake.expire(T, older_than=datetime.now(UTC) + timedelta(hours=1))
        lake.sweep(older_than=datetime.now(UTC) + timedelta(hours=1))
    assert kept(config) == [1, 2, 3]


def test_a_lake_is_found_in_another_folder(environment, tmp_path):
    config = load(environment)
    first = write(config, 1)
    write(config, 2)
    create(config, tmp_path / "b.tgz", AT)
    shutil.rmtree(config.home)
    moved = load(environment | {"DOTHI_HOME": str(tmp_path / "elsewhere")})
    moved.home.mkdir()
    restore(moved, tmp_path / "b.tgz")
    assert kept(moved) == [1, 2]
    write(moved, 3)
    with closing(open_lake(*moved.lake_urls)) as lake:
        lake.compact(T)
        assert all(str(moved.home) in file.path for file in lake.files(T))
        assert lake.sweep(older_than=datetime.now(UTC) + timedelta(hours=1)) >= 0
    assert kept(moved) == [1, 2, 3]
    assert kept(moved, first.id) == [1]


def test_a_backup_is_taken_while_others_write_and_tidy_up(environment, tmp_path):
    config = load(environment)
    write(config, 0)
    stop = threading.Event()

    def busy():
        with closing(open_lake(*config.lake_urls)) as lake:
            n = 0
            while not stop.is_set():
                n += 1
                lake.append(T, pa.table({"n": [n]}))
                if n % 5 == 0:
                    lake.compact(T)
                    lake.expire(T, older_than=datetime.now(UTC) - timedelta(seconds=0.2))

    writer = threading.Thread(target=busy)
    writer.start()
    try:
        create(config, tmp_path / "b.tgz", AT)
    finally:
        stop.set()
        writer.join()
    restore(config, tmp_path / "b.tgz")
    rows = kept(config)
    assert rows == list(range(len(rows)))


def test_the_lake_that_was_there_is_kept_aside(environment, tmp_path):
    config = load(environment)
    write(config, 1)
    create(config, tmp_path / "b.tgz", AT)
    write(config, 2)
    restore(config, tmp_path / "b.tgz")
    assert len(list((config.home / "before-restore" / "lake").rglob("*.parquet"))) == 2


def test_a_platform_that_never_used_a_lake_has_none_in_its_backup(environment, tmp_path):
    config = load(environment)
    assert not [file for file in create(config, tmp_path / "b.tgz", AT).files if file.startswith("lake/")]
    assert not (config.home / "lake").exists()


def test_a_lake_in_a_folder_of_its_own_goes_back_there(environment, tmp_path):
    config = load(environment | {"DOTHI_LAKE_URL": f"file://{tmp_path}/big disk"})
    write(config, 1)
    create(config, tmp_path / "b.tgz", AT)
    write(config, 2)
    restore(config, tmp_path / "b.tgz")
    assert kept(config) == [1]
    assert (tmp_path / "big disk" / "test").is_dir()
