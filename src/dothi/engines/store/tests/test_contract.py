"""What every store engine promises, in one suite that runs against each of them."""

from __future__ import annotations

import contextlib
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from dothi.engines.store.base import (
    Column,
    Migration,
    Store,
    StoreConflict,
    StoreError,
    StoreUnavailable,
    Table,
)
from dothi.engines.store.registry import open_store

READING = Table(
    "reading",
    (
        Column("entity", "int"),
        Column("at", "int"),
        Column("value", "float"),
        Column("note", "text"),
        Column("raw", "bytes"),
    ),
    ("entity", "at"),
)
STEPS = (
    Migration(
        "0001-reading",
        sqlite="""
            CREATE TABLE reading (
                entity INTEGER, at INTEGER, value REAL, note TEXT, raw BLOB, PRIMARY KEY (entity, at)
            ) WITHOUT ROWID;
            CREATE INDEX reading_note ON reading (note);""",
        postgresql="""
            CREATE TABLE reading (
                entity bigint, at bigint, value float8, note text, raw bytea, PRIMARY KEY (entity, at));
            CREATE INDEX reading_note ON reading (note);""",
    ),
)


@pytest.fixture
def store(opened) -> Store:
    fresh = opened()
    fresh.migrate(STEPS)
    return fresh


def row(entity=1, at=1, value=1.5, note="ghi chú", raw=b"\x00\xff"):
    return (entity, at, value, note, raw)


def all_rows(store):
    with store.read() as session:
        return session.query("SELECT entity, at, value, note, raw FROM reading ORDER BY entity, at")


def test_what_is_written_is_read_back_with_its_types(store):
    with store.write() as session:
        session.write_rows(READING, [row()])
    assert all_rows(store) == [(1, 1, 1.5, "ghi chú", b"\x00\xff")]


def test_missing_values_stay_missing(store):
    with store.write() as session:
        session.write_rows(READING, [(1, 1, None, None, None), (2, 1, 2.0, "x", b"y")])
    assert all_rows(store) == [(1, 1, None, None, None), (2, 1, 2.0, "x", b"y")]


def test_the_widest_integers_are_kept(store):
    with store.write() as session:
        session.write_rows(READING, [row(entity=-(2**63), at=2**63 - 1)])
    assert all_rows(store)[0][:2] == (-(2**63), 2**63 - 1)


def test_a_bulk_write_of_nothing_writes_nothing(store):
    with store.write() as session:
        assert session.write_rows(READING, []) == 0


def test_a_key_that_exists_is_refused(store):
    with pytest.raises(StoreConflict), store.write() as session:
        session.write_rows(READING, [row(), row(value=2.0)])
    assert all_rows(store) == []


def test_a_key_that_exists_can_be_left_as_it_is(store):
    with store.write() as session:
        session.write_rows(READING, [row(note="first")])
        again = [row(note="second"), row(at=2), row(at=2, note="third")]
        touched = session.write_rows(READING, again, conflict="ignore")
    assert touched == 1
    assert [r[3] for r in all_rows(store)] == ["first", "ghi chú"]


def test_a_key_that_exists_can_be_replaced_and_the_last_one_wins(store):
    with store.write() as session:
        session.write_rows(READING, [row(note="first")])
        session.write_rows(READING, [row(note="second"), row(note="third"), row(at=0)], conflict="replace")
    assert [r[3] for r in all_rows(store)] == ["ghi chú", "third"]


def test_a_bulk_write_larger_than_one_statement_is_whole(store):
    with store.write() as session:
        assert session.write_rows(READING, [row(at=n) for n in range(12_000)]) == 12_000
    assert len(all_rows(store)) == 12_000


def test_a_table_of_keys_only_can_be_replaced(store):
    keys = Table("reading", (Column("entity", "int"), Column("at", "int")), ("entity", "at"))
    with store.write() as session:
        session.write_rows(keys, [(1, 1), (1, 1)], conflict="replace")
    assert len(all_rows(store)) == 1


def test_a_transaction_that_fails_leaves_nothing(store):
    with pytest.raises(ZeroDivisionError), store.write() as session:
        session.write_rows(READING, [row(at=1 // (session.write_rows(READING, [row()]) - 1))])
    assert all_rows(store) == []


def test_an_error_that_was_swallowed_still_keeps_everything_out(store):
    def swallow():
        with store.write() as session:
            session.write_rows(READING, [row()])
            with contextlib.suppress(StoreConflict):
                session.write_rows(READING, [row()])

    with pytest.raises(StoreError):
        swallow()
    assert all_rows(store) == []


def test_a_savepoint_undoes_its_own_part_only(store):
    with store.write() as session:
        session.write_rows(READING, [row(at=1)])
        with pytest.raises(StoreConflict), session.savepoint():
            session.write_rows(READING, [row(at=2), row(at=1)])
        session.write_rows(READING, [row(at=3)])
    assert [r[1] for r in all_rows(store)] == [1, 3]


def test_savepoints_nest(store):
    with store.write() as session, session.savepoint():
        session.write_rows(READING, [row(at=1)])
        with pytest.raises(ZeroDivisionError), session.savepoint():
            session.write_rows(READING, [row(at=1 // (session.write_rows(READING, [row(at=2)]) - 1))])
    assert [r[1] for r in all_rows(store)] == [1]


def test_execute_says_how_many_rows_it_touched(store):
    with store.write() as session:
        session.write_rows(READING, [row(at=n) for n in range(5)])
        assert session.execute("UPDATE reading SET value = ? WHERE at < ?", (9.0, 3)) == 3
        assert session.execute("DELETE FROM reading WHERE at = ?", (99,)) == 0


def test_query_gives_the_rows_of_a_statement_with_returning(store):
    with store.write() as session:
        insert = "INSERT INTO reading (entity, at) VALUES (?, ?) RETURNING entity, at"
        assert session.query(insert, (7, 8)) == [(7, 8)]


def test_question_marks_and_percents_inside_quotes_are_text(store):
    with store.read() as session:
        found = session.query("SELECT '100% ?', 'it''s ?', ? /* ? */ -- really?\n", ("%s ?",))
    assert found == [("100% ?", "it's ?", "%s ?")]


def test_like_works_without_parameters(store):
    with store.write() as session:
        session.write_rows(READING, [row(note="Quận 1")])
        assert session.query("SELECT entity FROM reading WHERE note LIKE 'Qu%'") == [(1,)]


def test_a_reader_sees_one_state_while_others_write(store):
    with store.write() as session:
        session.write_rows(READING, [row(at=1)])
    with store.read() as reader:
        before = reader.query("SELECT count(*) FROM reading")
        with store.write() as session:
            session.write_rows(READING, [row(at=2)])
        assert reader.query("SELECT count(*) FROM reading") == before
    assert len(all_rows(store)) == 2


def test_a_reader_cannot_write(store):
    with pytest.raises(StoreError), store.read() as session:
        session.execute("DELETE FROM reading")


def test_readers_may_nest(store):
    with store.read() as outer, store.read() as inner:
        assert outer.query("SELECT 1") == inner.query("SELECT 1") == [(1,)]


def test_a_wrong_statement_is_the_stores_error_and_the_next_one_works(store):
    with pytest.raises(StoreError), store.read() as session:
        session.query("SELECT nothing FROM nowhere")
    assert all_rows(store) == []


def test_many_threads_read_and_write_at_once(store):
    failures = []

    def work(entity):
        try:
            for at in range(20):
                with store.write() as session:
                    session.write_rows(READING, [row(entity=entity, at=at)])
                with store.read() as session:
                    ((count,),) = session.query("SELECT count(*) FROM reading WHERE entity = ?", (entity,))
                assert count == at + 1
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(all_rows(store)) == 80


def test_changes_moves_with_every_commit_of_any_process(store, opened):
    other = opened()
    seen = [store.changes()]
    for writer in (store, other, store, other):
        with writer.write() as session:
            session.execute("INSERT INTO reading (entity, at) VALUES (?, ?)", (1, len(seen)))
        seen.append(store.changes())
    assert all(a != b for a, b in pairwise(seen))


def test_changes_stays_when_nothing_was_committed(opened, store):
    if store.dialect == "postgresql":
        # Another database of the same server may commit at any moment: a needless wake-up is allowed there.
        return
    assert store.changes() == store.changes()


def test_migrations_are_applied_once_in_order(opened):
    store = opened()
    ddl = "ALTER TABLE reading ADD COLUMN extra TEXT"
    more = Migration("0002-more", sqlite=ddl, postgresql=ddl)
    assert store.migrate(STEPS) == ["0001-reading"]
    assert store.migrate((*STEPS, more)) == ["0002-more"]
    assert store.migrate((*STEPS, more)) == []


def test_a_migration_that_fails_leaves_nothing_behind(opened):
    store = opened()
    bad = Migration("0002-bad", sqlite="CREATE TABLE half (a INTEGER); CREATE TABLE half (a INTEGER)",
                    postgresql="CREATE TABLE half (a bigint); CREATE TABLE half (a bigint)")  # fmt: skip
    with pytest.raises(StoreError):
        store.migrate((*STEPS, bad))
    assert store.migrate(STEPS) == ["0001-reading"]


def test_processes_that_migrate_at_once_do_not_collide(opened):
    stores = [opened() for _ in range(3)]
    applied, failures = [], []

    def work(store):
        try:
            applied.extend(store.migrate(STEPS))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(each,)) for each in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert applied == ["0001-reading"]


def test_a_backup_holds_what_was_committed(store, tmp_path):
    with store.write() as session:
        session.write_rows(READING, [row()])
    target = tmp_path / "copy"
    store.backup(target)
    assert target.stat().st_size > 0
    if store.dialect == "sqlite":
        assert all_rows(open_store(str(target), schema="")) == [row()]


def test_a_closed_store_says_that_it_is_unavailable(opened):
    opened()
    store = opened()
    store.close()
    with pytest.raises(StoreUnavailable), store.read():
        pass
    with pytest.raises(StoreUnavailable), store.write():
        pass


def test_a_url_of_no_engine_is_refused_with_the_ones_there_are():
    with pytest.raises(StoreError, match="postgresql://"):
        open_store("mysql://localhost/x", schema="x")


def test_a_folder_that_is_missing_is_made(tmp_path: Path):
    store = open_store(f"sqlite://{tmp_path}/new/folder/store.sqlite3", schema="x")
    store.close()
    assert (tmp_path / "new/folder/store.sqlite3").exists()


def test_a_look_up_without_a_snapshot_sees_what_is_committed_and_cannot_write(store: Store) -> None:
    with store.read(snapshot=False) as session:
        assert session.query("SELECT count(*) FROM reading") == [(0,)]
    with pytest.raises(StoreError), store.read(snapshot=False) as session:
        session.execute("DELETE FROM reading")


@pytest.mark.parametrize("count", [0, 1, 3, 15, 100, 256, 1000])
def test_any_number_of_rows_is_written_at_once(store, count):
    rows = [row(entity=number, value=float(number)) for number in range(count)]
    with store.write() as session:
        assert session.write_rows(READING, rows) == count
        assert session.write_rows(READING, rows, conflict="ignore") == 0
        assert (
            session.write_rows(READING, [(*each[:2], -1.0, *each[3:]) for each in rows], conflict="replace")
            == count
        )
    with store.read() as session:
        assert session.query("SELECT entity FROM reading WHERE value = -1.0 ORDER BY entity") == [
            (number,) for number in range(count)
        ]
