"""The parts of the Iceberg lake, each alone: columns, predicates, turns, moved folders, lost races."""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitFailedException
from sqlalchemy.exc import OperationalError

from dothi.engines.lake.base import LakeError, SchemaConflict
from dothi.engines.lake.iceberg import committing, writing
from dothi.engines.lake.iceberg.columns import fit, growth, kept_schema, kept_type, wider
from dothi.engines.lake.iceberg.local import LocalFileIO
from dothi.engines.lake.iceberg.predicate import checked
from dothi.engines.lake.iceberg.storage import Bucket, Folder
from dothi.engines.lake.iceberg.turns import FileTurns
from dothi.engines.lake.registry import open_lake
from dothi.engines.lake.tests.conftest import numbers

# Columns


@pytest.mark.parametrize(
    ("old", "new", "both"),
    [
        (pa.int32(), pa.int64(), pa.int64()),
        (pa.int64(), pa.int32(), pa.int64()),
        (pa.float32(), pa.float64(), pa.float64()),
        (pa.string(), pa.string(), pa.string()),
        (pa.decimal128(5, 2), pa.decimal128(9, 2), pa.decimal128(9, 2)),
        (pa.decimal128(9, 2), pa.decimal128(5, 2), pa.decimal128(9, 2)),
        (pa.decimal128(9, 2), pa.decimal128(9, 3), None),
        (pa.int64(), pa.float64(), None),
        (pa.string(), pa.int64(), None),
        (pa.date32(), pa.timestamp("us"), None),
    ],
)
def test_which_type_holds_both(old, new, both):
    assert wider(old, new) == both


def test_what_a_table_lacks():
    old = pa.schema([("a", pa.int32()), ("b", pa.string())])
    add, widen = growth(old, pa.schema([("a", pa.int64()), ("c", pa.date32())]))
    assert [field.name for field in add] == ["c"]
    assert widen == [pa.field("a", pa.int64())]


def test_a_kept_type_is_kept_again_as_it_is():
    for kind in (
        pa.int8(),
        pa.uint64(),
        pa.large_string(),
        pa.timestamp("ns", "+07:00"),
        pa.struct([("x", pa.int8())]),
    ):
        assert kept_type(kept_type(kind)) == kept_type(kind)


def test_every_kept_column_may_be_null():
    kept = kept_schema(pa.schema([pa.field("a", pa.int64(), nullable=False)]))
    assert kept.field("a").nullable


def test_rows_are_fitted_to_the_table_s_columns():
    batch = pa.record_batch({"b": ["x"], "a": pa.array([1], pa.int16())})
    wanted = pa.schema([("a", pa.int64()), ("b", pa.string()), ("c", pa.bool_())])
    assert fit(batch, wanted).to_pylist() == [{"a": 1, "b": "x", "c": None}]


def test_a_value_that_does_not_fit_is_a_conflict():
    batch = pa.record_batch({"a": pa.array([2**63 + 5], pa.uint64())})
    with pytest.raises(SchemaConflict, match="'a'"):
        fit(batch, pa.schema([("a", pa.int64())]))


# Predicates


def test_a_predicate_is_written_anew_and_names_its_columns():
    text, used = checked("\"Tên\" = 'x' AND N > 1 -- and a remark", ["Tên", "n", "other"])
    assert used == ["Tên", "n"]
    assert "--" not in text


@pytest.mark.parametrize(
    "where", ["a = 1 UNION SELECT 1", "a = random()", "a[1] = 2", "a.b.c = 1", "*", "a = ?", "1 AS x"]
)
def test_anything_but_a_plain_condition_is_refused(where):
    with pytest.raises(LakeError):
        checked(where, ["a"])


# Files


def test_rows_are_cut_into_files_of_bounded_size(monkeypatch):
    monkeypatch.setattr(writing, "FILE_ROWS", 10)
    monkeypatch.setattr(writing, "GROUP_ROWS", 4)
    groups = list(writing._grouped(writing.batches(numbers(*range(25)))))
    assert [sum(batch.num_rows for batch in group) for group in groups] == [12, 12, 1]


def test_rows_come_back_in_the_order_they_were_given(lake, table, monkeypatch):
    monkeypatch.setattr(writing, "FILE_ROWS", 10)
    monkeypatch.setattr(writing, "GROUP_ROWS", 5)
    lake.ensure(table, numbers().schema)
    lake.append(table, numbers(*range(100)))
    assert len(lake.files(table)) == 10
    assert lake.read(table).read_all()["n"].to_pylist() == list(range(100))


def test_a_source_that_breaks_leaves_no_files(lake, table, urls, monkeypatch):
    monkeypatch.setattr(writing, "FILE_ROWS", 2)

    def broken():
        for n in range(10):
            yield from numbers(n, n).to_batches()
        raise RuntimeError("the source broke")

    lake.ensure(table, numbers().schema)
    with pytest.raises(RuntimeError):
        lake.append(table, broken())
    assert list(Path(urls[0]).rglob("*.parquet")) == []


def test_a_path_below_a_former_folder_is_read_below_the_present_one(tmp_path):
    files = LocalFileIO({"dothi.root": str(tmp_path / "new"), "dothi.former-roots": "/old/a\n/old/b"})
    assert files.path("file:///old/b/t/x.parquet") == tmp_path / "new" / "t" / "x.parquet"
    assert files.path("/old/bc/x") == Path("/old/bc/x")
    assert files.path(f"file://{tmp_path}/new/x") == tmp_path / "new" / "x"


def test_a_file_is_not_written_over_unless_asked(tmp_path):
    files = LocalFileIO()
    with files.new_output(str(tmp_path / "deep" / "x")).create() as out:
        out.write(b"one")
    with pytest.raises(FileExistsError):
        files.new_output(str(tmp_path / "deep" / "x")).create()
    assert files.new_input(str(tmp_path / "deep" / "x")).open().read() == b"one"
    assert len(files.new_input(str(tmp_path / "deep" / "x"))) == 3
    files.delete(str(tmp_path / "deep" / "x"))
    assert not files.new_input(str(tmp_path / "deep" / "x")).exists()


def test_a_moved_lake_is_found_and_written(tmp_path):
    def opened(home):
        return open_lake(str(home / "lake"), f"sqlite:///{home}/lake/catalog.sqlite3")

    with closing(opened(tmp_path / "one")) as lake:
        lake.ensure("test.t", numbers().schema)
        lake.append("test.t", numbers(1))
    (tmp_path / "one").rename(tmp_path / "two")
    with closing(opened(tmp_path / "two")) as lake:
        lake.append("test.t", numbers(2))
        assert sorted(lake.read("test.t").read_all()["n"].to_pylist()) == [1, 2]
    assert not (tmp_path / "one").exists()
    (tmp_path / "two").rename(tmp_path / "three")
    with closing(opened(tmp_path / "three")) as lake:
        lake.delete("test.t", "n = 1")
        assert lake.read("test.t").read_all()["n"].to_pylist() == [2]


def test_an_address_of_a_bucket_is_taken_apart():
    bucket = Bucket("s3://KEY:se%2Fcret@city/lake/?endpoint=http://127.0.0.1:9000&region=vn")
    assert bucket.root == "s3://city/lake"
    assert bucket.properties()["s3.secret-access-key"] == "se/cret"
    assert bucket.properties()["s3.endpoint"] == "http://127.0.0.1:9000"
    assert "KEY" not in bucket.root


def test_removing_what_is_not_there_is_no_error(tmp_path):
    assert Folder(str(tmp_path), []).remove(f"file://{tmp_path}/none") is False


@pytest.mark.parametrize(
    ("url", "catalog"),
    [("ftp://x/y", "sqlite:////tmp/c"), ("/tmp/lake", "mysql://x/y"), ("/tmp/lake", "nothing")],
)
def test_a_lake_that_cannot_be_opened_says_why(url, catalog):
    with pytest.raises(LakeError, match="no "):
        open_lake(url, catalog)


def test_a_catalogue_that_is_no_database_is_a_lake_s_error(tmp_path):
    (tmp_path / "catalog.sqlite3").write_text("this is no database, and long enough to be seen as none" * 10)
    with pytest.raises(LakeError, match="catalogue"):
        open_lake(str(tmp_path), f"sqlite:///{tmp_path}/catalog.sqlite3")


# Turns and races


def test_writers_take_turns(tmp_path):
    turns, inside, most = FileTurns(tmp_path / "turns"), [], []

    def work():
        with turns.turn("a.b"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert most == [1] * 6


def test_tables_do_not_wait_for_each_other(tmp_path):
    turns = FileTurns(tmp_path)
    with turns.turn("a.b"), turns.turn("a.c"):
        pass


def test_who_waits_too_long_goes_on_without_a_turn(tmp_path, monkeypatch):
    monkeypatch.setattr("dothi.engines.lake.iceberg.turns.PATIENCE_SECONDS", 0.05)
    turns = FileTurns(tmp_path)
    with turns.turn("a.b"), turns.turn("a.b"):
        pass


@pytest.mark.parametrize(
    "error",
    [CommitFailedException("lost the race"), OperationalError("x", {}, sqlite3.OperationalError("locked"))],
)
def test_a_lost_race_is_run_again(lake, table, monkeypatch, error):
    lake.ensure(table, numbers().schema)
    attempt, failures = committing._attempt, [error, error, error]

    def unlucky(*arguments):
        if failures:
            raise failures.pop()
        return attempt(*arguments)

    monkeypatch.setattr(committing, "_attempt", unlucky)
    assert lake.append(table, numbers(1)).rows == 1
    assert lake.read(table).read_all()["n"].to_pylist() == [1]


def test_a_commit_whose_answer_was_lost_is_not_made_twice(lake, table, monkeypatch):
    lake.ensure(table, numbers().schema)
    attempt, lost = committing._attempt, []

    def cut_off(*arguments):
        done = attempt(*arguments)
        if not lost:
            lost.append(done)
            raise OperationalError("COMMIT", {}, ConnectionError("the server closed the connection"))
        return done

    monkeypatch.setattr(committing, "_attempt", cut_off)
    assert lake.append(table, numbers(1)) == lost[0]
    assert lake.read(table).read_all()["n"].to_pylist() == [1]


def test_patience_ends_with_the_reason():
    with pytest.raises(LakeError, match="lost the race"):
        committing.Retry(patience=-1).again(CommitFailedException("lost the race"))


def test_rows_added_during_a_delete_are_judged_too(opened, table, monkeypatch):
    """Another writer commits between the planning of a delete and its commit."""
    monkeypatch.setattr("dothi.engines.lake.iceberg.turns.PATIENCE_SECONDS", 0.05)
    lake, other = opened(), opened()
    lake.ensure(table, numbers().schema)
    lake.append(table, numbers(1, 2))
    attempt, late = committing._attempt, [numbers(2, 3)]

    def overtaken(*arguments):
        if late:
            other.append(table, late.pop())
        return attempt(*arguments)

    monkeypatch.setattr(committing, "_attempt", overtaken)
    lake.delete(table, "n = 2")
    assert sorted(lake.read(table).read_all()["n"].to_pylist()) == [1, 3]


def test_a_compaction_that_was_overtaken_by_a_replacement_brings_nothing_back(opened, table, monkeypatch):
    monkeypatch.setattr("dothi.engines.lake.iceberg.turns.PATIENCE_SECONDS", 0.05)
    lake, other = opened(), opened()
    lake.ensure(table, numbers().schema)
    for n in range(4):
        lake.append(table, numbers(n))
    attempt, late = committing._attempt, [numbers(9)]

    def overtaken(*arguments):
        if late:
            other.replace(table, late.pop())
        return attempt(*arguments)

    monkeypatch.setattr(committing, "_attempt", overtaken)
    assert lake.compact(table) is None
    assert lake.read(table).read_all()["n"].to_pylist() == [9]
