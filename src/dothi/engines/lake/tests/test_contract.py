"""What every lake promises, on every catalogue."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dothi.engines.lake.base import LakeError, NoSuchTable, SchemaConflict
from dothi.engines.lake.tests.conftest import numbers, rows_of

PEOPLE = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": ["An", "Bình", None]})


@pytest.fixture
def people(lake, table):
    lake.ensure(table, PEOPLE.schema)
    lake.append(table, PEOPLE)
    return table


def ids(lake, table, snapshot=None):
    return sorted(row[0] for row in rows_of(lake, table, snapshot))


# Writing and reading


def test_a_new_table_is_empty(lake, table):
    lake.ensure(table, PEOPLE.schema)
    assert rows_of(lake, table) == []
    assert lake.files(table) == []
    assert lake.snapshots(table) == []
    assert lake.at(table, datetime.now(UTC)) is None


def test_appended_rows_are_read_back_by_another_reader(opened, table):
    writer, reader = opened(), opened()
    writer.ensure(table, PEOPLE.schema)
    writer.append(table, PEOPLE)
    assert rows_of(reader, table) == sorted([(1, "An"), (2, "Bình"), (3, None)], key=repr)


def test_a_snapshot_tells_what_the_table_held(lake, people):
    second = lake.append(people, PEOPLE, key="k")
    assert (second.operation, second.rows, second.key) == ("append", 6, "k")
    assert second.bytes > 0
    assert abs(datetime.now(UTC) - second.at) < timedelta(minutes=1)
    assert [each.rows for each in lake.snapshots(people)] == [3, 6]


@pytest.mark.parametrize("kind", ["table", "reader", "generator", "list"])
def test_rows_come_in_any_arrow_form(lake, table, kind):
    data = {
        "table": PEOPLE,
        "reader": PEOPLE.to_reader(),
        "generator": (batch for batch in PEOPLE.to_batches()),
        "list": PEOPLE.to_batches(),
    }[kind]
    lake.ensure(table, PEOPLE.schema)
    assert lake.append(table, data).rows == 3


def test_no_rows_are_a_commit_too(lake, people):
    assert lake.append(people, PEOPLE.slice(0, 0)).rows == 3
    assert lake.replace(people, []).rows == 0
    assert rows_of(lake, people) == []


def test_replace_puts_the_rows_in_the_place_of_all_others(lake, people):
    replaced = lake.replace(people, PEOPLE.slice(0, 1))
    assert (replaced.operation, replaced.rows) == ("replace", 1)
    assert ids(lake, people) == [1]


def test_only_the_columns_asked_for_are_read(lake, people):
    assert lake.read(people, columns=["name"]).read_all().column_names == ["name"]


def test_a_column_that_is_not_there_cannot_be_asked_for(lake, people):
    with pytest.raises(LakeError, match="nope"):
        lake.read(people, columns=["nope"])


def test_files_hold_the_rows(lake, people):
    lake.append(people, PEOPLE)
    files = lake.files(people)
    assert [file.rows for file in files] == [3, 3]
    assert pq.read_table(files[0].path).num_rows == 3


def test_a_failing_source_leaves_the_table_as_it_was(lake, people):
    def failing():
        yield PEOPLE.to_batches()[0]
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        lake.append(people, failing())
    assert ids(lake, people) == [1, 2, 3]


# Names


@pytest.mark.parametrize("name", ["t", "a.b.c", "A.b", "a.b;drop", "../x.y", "a.", ".b", "a.../b"])
def test_a_name_is_a_namespace_and_a_name(lake, name):
    with pytest.raises(LakeError, match="name"):
        lake.ensure(name, PEOPLE.schema)


def test_tables_are_listed(lake, people):
    assert people in lake.tables()


def test_a_dropped_table_is_gone_and_may_be_made_again(lake, people):
    path = lake.files(people)[0].path
    lake.drop(people)
    lake.drop(people)
    assert people not in lake.tables()
    assert not Path(path).exists()
    lake.ensure(people, PEOPLE.schema)
    assert rows_of(lake, people) == []


@pytest.mark.parametrize("call", ["read", "schema", "files", "snapshots", "compact"])
def test_a_table_that_is_not_there_is_named(lake, call):
    with pytest.raises(NoSuchTable, match=r"test\.none"):
        getattr(lake, call)("test.none")


def test_nothing_is_written_to_a_table_that_is_not_there(lake):
    for write in (lake.append, lake.replace):
        with pytest.raises(NoSuchTable):
            write("test.none", PEOPLE)


# Schemas


def test_a_table_grows_by_columns_and_older_rows_have_none(lake, people):
    lake.ensure(people, pa.schema([("id", pa.int64()), ("born", pa.date32())]))
    lake.append(people, pa.table({"id": pa.array([4], pa.int64())}))
    assert lake.schema(people).names == ["id", "name", "born"]
    assert (4, None, None) in rows_of(lake, people)
    assert (1, "An", None) in rows_of(lake, people)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (pa.int32(), pa.int64()),
        (pa.float32(), pa.float64()),
        (pa.decimal128(5, 2), pa.decimal128(20, 2)),
    ],
)
def test_a_column_is_widened_and_older_rows_are_read_as_the_wide_type(lake, table, narrow, wide):
    lake.ensure(table, pa.schema([("v", narrow)]))
    lake.append(table, pa.table({"v": pa.array(["1"]).cast(narrow)}))
    lake.ensure(table, pa.schema([("v", wide)]))
    assert lake.schema(table).field("v").type == wide
    assert lake.read(table).read_all()["v"].to_pylist() == [1]


def test_a_narrower_column_fits_as_it_is(lake, people):
    lake.ensure(people, pa.schema([("id", pa.int32())]))
    lake.append(people, pa.table({"id": pa.array([9], pa.int16())}))
    assert 9 in ids(lake, people)


@pytest.mark.parametrize("kind", [pa.string(), pa.float64(), pa.list_(pa.int64()), pa.bool_()])
def test_a_column_of_another_kind_is_a_conflict(lake, people, kind):
    with pytest.raises(SchemaConflict, match="'id'"):
        lake.ensure(people, pa.schema([("id", kind)]))
    with pytest.raises(SchemaConflict, match="'id'"):
        lake.append(people, pa.table({"id": pa.nulls(1, kind)}))


def test_a_column_the_table_does_not_have_is_a_conflict(lake, people):
    with pytest.raises(SchemaConflict, match="'more'"):
        lake.append(people, pa.table({"more": [1]}))
    assert ids(lake, people) == [1, 2, 3]


def test_two_columns_of_one_name_are_refused(lake, table):
    with pytest.raises(SchemaConflict, match="same name"):
        lake.ensure(table, pa.schema([("a", pa.int64()), ("A", pa.int64())]))


def test_a_type_the_lake_cannot_keep_is_refused(lake, table):
    with pytest.raises(SchemaConflict, match="'d'"):
        lake.ensure(table, pa.schema([("d", pa.duration("s"))]))


def test_every_kind_of_value_comes_back(lake, table):
    at = datetime(2026, 1, 2, 3, 4, 5, 6000)  # noqa: DTZ001  # a local time is meant
    row = {
        "whole": 1,
        "half": 0.5,
        "yes": True,
        "text": "Nguyễn Thị Ánh",
        "money": Decimal("12.34"),
        "day": at.date(),
        "clock": at.time(),
        "local": at,
        "moment": at.replace(tzinfo=UTC),
        "raw": b"\x00\xff",
        "list": [1, None, 3],
        "inner": {"a": 1, "b": "x"},
        "cột tiếng Việt": "có dấu",
    }
    data = pa.Table.from_pylist([row, dict.fromkeys(row)])
    lake.ensure(table, data.schema)
    lake.append(table, data)
    assert lake.read(table).read_all().to_pylist() == data.to_pylist()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (pa.int8(), pa.int32()),
        (pa.uint32(), pa.int64()),
        (pa.large_string(), pa.string()),
        (pa.dictionary(pa.int32(), pa.string()), pa.string()),
        (pa.timestamp("ns", "Asia/Ho_Chi_Minh"), pa.timestamp("us", "UTC")),
        (pa.timestamp("s"), pa.timestamp("us")),
        (pa.null(), pa.string()),
        (pa.large_list(pa.int8()), pa.list_(pa.int32())),
    ],
)
def test_types_arrow_has_several_of_are_kept_as_one(lake, table, given, kept):
    lake.ensure(table, pa.schema([("v", given)]))
    lake.append(table, pa.table({"v": pa.nulls(2, given)}))
    assert lake.schema(table).field("v").type == kept
    assert lake.read(table).read_all()["v"].null_count == 2


def test_making_sure_twice_changes_nothing(lake, people):
    before = lake.schema(people)
    lake.ensure(people, PEOPLE.schema)
    assert lake.schema(people) == before
    assert len(lake.snapshots(people)) == 1


# Keys


@pytest.mark.parametrize("write", ["append", "replace"])
def test_the_same_key_is_one_commit(lake, people, write):
    first = getattr(lake, write)(people, PEOPLE, key="load-7")
    lake.append(people, PEOPLE)
    again = getattr(lake, write)(people, PEOPLE, key="load-7")
    assert again == first
    assert len([each for each in lake.snapshots(people) if each.key == "load-7"]) == 1


def test_the_same_key_is_one_upsert_and_one_delete(lake, people):
    lake.upsert(people, PEOPLE, ["id"], key="u")
    lake.delete(people, "id = 1", key="d")
    lake.append(people, PEOPLE)
    lake.upsert(people, PEOPLE.slice(0, 0), ["id"], key="u")
    lake.delete(people, "id > 0", key="d")
    assert ids(lake, people) == [1, 2, 2, 3, 3]


def test_a_key_is_known_after_its_snapshot_has_expired(lake, people):
    first = lake.append(people, PEOPLE, key="old")
    lake.append(people, PEOPLE)
    assert lake.expire(people, older_than=datetime.now(UTC) + timedelta(hours=1)) == 2
    assert lake.append(people, PEOPLE, key="old") == first
    assert len(ids(lake, people)) == 9


# Upsert and delete


def test_upsert_replaces_rows_of_equal_keys_and_adds_the_others(lake, people):
    done = lake.upsert(people, pa.table({"id": [2, 9], "name": ["Bi", "Chín"]}), ["id"])
    assert (done.operation, done.rows) == ("upsert", 4)
    assert rows_of(lake, people) == sorted([(1, "An"), (2, "Bi"), (3, None), (9, "Chín")], key=repr)


def test_of_upserted_rows_with_one_key_the_last_counts(lake, people):
    lake.upsert(people, pa.table({"id": [2, 2, 2], "name": ["x", "y", "z"]}), ["id"])
    assert (2, "z") in rows_of(lake, people)
    assert len(rows_of(lake, people)) == 3


def test_a_key_of_null_equals_null(lake, people):
    lake.upsert(
        people, pa.table({"id": pa.array([30], pa.int64()), "name": pa.nulls(1, pa.string())}), ["name"]
    )
    assert ids(lake, people) == [1, 2, 30]


def test_upsert_by_several_columns(lake, people):
    lake.upsert(people, pa.table({"id": [1, 1], "name": ["An", "Khác"]}), ["id", "name"])
    assert ids(lake, people) == [1, 1, 2, 3]


@pytest.mark.parametrize("on", [[], ["nope"]])
def test_upsert_needs_columns_of_the_table(lake, people, on):
    with pytest.raises(LakeError):
        lake.upsert(people, PEOPLE, on)


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ("id = 2", [1, 3]),
        ("id IN (1, 3)", [2]),
        ("name IS NULL", [1, 2]),
        ("name LIKE 'B%' OR id > 2", [1]),
        ("lower(name) = 'an'", [2, 3]),
        ("true", []),
        ("id > 99", [1, 2, 3]),
        ("name <> 'An'", [1, 3]),
        ("id BETWEEN 2 AND 3 AND NOT name IS NULL", [1, 3]),
        ("id % 2 = 1", [2]),
        ("cast(id AS varchar) || 'x' = '2x'", [1, 3]),
    ],
)
def test_delete_takes_out_the_rows_for_which_the_condition_is_true(lake, people, where, left):
    assert lake.delete(people, where).operation == "delete"
    assert ids(lake, people) == left


def test_delete_works_across_files_of_several_schemas(lake, people):
    lake.ensure(people, pa.schema([("age", pa.int32())]))
    lake.append(people, pa.table({"id": [4, 5], "age": pa.array([40, 50], pa.int32())}))
    lake.delete(people, "age >= 50 OR id = 1")
    assert ids(lake, people) == [2, 3, 4]


@pytest.mark.parametrize(
    "where",
    [
        "",
        "id =",
        "id = 1; DROP TABLE x",
        "id = 1) OR (1 = 1",
        "id IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "nope = 1",
        "rows.id = 1",
        "read_text('/etc/passwd') = 'x'",
        "getenv('HOME') = 'x'",
        "current_setting('x') = 'y'",
        "sleep_ms(1000) IS NULL",
        "id = (SELECT max(id) FROM keys)",
        "count(*) > 1",
        "row_number() OVER () = 1",
        "$1 = id",
    ],
)
def test_a_condition_is_columns_literals_and_plain_functions(lake, people, where):
    with pytest.raises(LakeError):
        lake.delete(people, where)
    assert ids(lake, people) == [1, 2, 3]


# Time travel and retention


def test_an_older_snapshot_is_read_as_it_was(lake, people):
    first = lake.snapshots(people)[0]
    lake.ensure(people, pa.schema([("more", pa.string())]))
    lake.replace(people, pa.table({"id": [7], "more": ["x"]}))
    assert ids(lake, people, first.id) == [1, 2, 3]
    assert lake.schema(people, first.id).names == ["id", "name"]
    assert [file.rows for file in lake.files(people, first.id)] == [3]


def test_the_snapshot_of_a_moment(lake, people):
    first = lake.snapshots(people)[0]
    second = lake.append(people, PEOPLE)
    assert lake.at(people, first.at - timedelta(seconds=1)) is None
    assert lake.at(people, second.at) == second
    assert lake.at(people, second.at - timedelta(microseconds=1)) == first


def test_a_snapshot_that_is_not_there_is_named(lake, people):
    for call in (lake.schema, lake.files):
        with pytest.raises(NoSuchTable, match="42"):
            call(people, 42)
    with pytest.raises(NoSuchTable, match="42"):
        lake.read(people, snapshot=42)
    with pytest.raises(NoSuchTable, match="42"):
        lake.keep(people, [42])


SOON = timedelta(minutes=5)


def test_expired_snapshots_and_their_files_are_gone(lake, people):
    first = lake.snapshots(people)[0]
    old = lake.files(people)[0].path
    lake.replace(people, PEOPLE)
    assert lake.expire(people, older_than=datetime.now(UTC) + SOON) == 1
    with pytest.raises(NoSuchTable):
        lake.read(people, snapshot=first.id)
    assert not Path(old).exists()
    assert ids(lake, people) == [1, 2, 3]


def test_kept_snapshots_outlive_retention_until_they_are_kept_no_more(lake, people):
    first = lake.snapshots(people)[0]
    lake.replace(people, PEOPLE.slice(0, 1))
    lake.replace(people, PEOPLE.slice(0, 2))
    lake.keep(people, [first.id])
    assert lake.expire(people, older_than=datetime.now(UTC) + SOON) == 1
    assert ids(lake, people, first.id) == [1, 2, 3]
    lake.keep(people, [])
    assert lake.expire(people, older_than=datetime.now(UTC) + SOON) == 1
    assert ids(lake, people) == [1, 2]


def test_young_snapshots_do_not_expire(lake, people):
    lake.append(people, PEOPLE)
    assert lake.expire(people, older_than=datetime.now(UTC) - SOON) == 0
    assert len(lake.snapshots(people)) == 2


def test_the_newest_snapshot_never_expires(lake, people):
    assert lake.expire(people, older_than=datetime.now(UTC) + SOON) == 0
    assert ids(lake, people) == [1, 2, 3]


# Compaction and sweeping


def test_compaction_puts_small_files_together_and_changes_no_row(lake, table):
    lake.ensure(table, numbers().schema)
    for n in range(8):
        lake.append(table, numbers(n))
    done = lake.compact(table)
    assert (done.operation, done.rows) == ("compact", 8)
    assert len(lake.files(table)) == 1
    assert ids(lake, table) == list(range(8))
    assert lake.compact(table) is None


def test_older_snapshots_are_read_after_compaction(lake, people):
    first = lake.snapshots(people)[0]
    lake.append(people, PEOPLE)
    lake.compact(people)
    assert ids(lake, people, first.id) == [1, 2, 3]


def test_there_is_nothing_to_compact_in_one_file(lake, people):
    assert lake.compact(people) is None


def test_compaction_unites_files_of_several_schemas(lake, people):
    lake.ensure(people, pa.schema([("age", pa.int32())]))
    lake.append(people, pa.table({"id": [4], "age": pa.array([40], pa.int32())}))
    lake.compact(people)
    assert (4, None, 40) in rows_of(lake, people)
    assert (1, "An", None) in rows_of(lake, people)


def test_files_of_killed_writers_are_swept_and_others_are_not(lake, people, tmp_path):
    stray = tmp_path.joinpath(lake.files(people)[0].path).with_name("stray.parquet")
    stray.write_bytes(b"half")
    assert lake.sweep() == 0
    assert stray.exists()
    assert lake.sweep(older_than=datetime.now(UTC) + SOON) >= 1
    assert not stray.exists()
    assert ids(lake, people) == [1, 2, 3]
    assert lake.append(people, PEOPLE).rows == 6


def test_sweeping_leaves_alone_what_is_not_a_table_s(lake, people, urls):
    notes = Path(urls[0]) / "notes.txt"
    notes.write_text("mine")
    lake.sweep(older_than=datetime.now(UTC) + SOON)
    assert notes.exists()
