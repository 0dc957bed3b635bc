"""Files in all their forms: arrays, lines, zip files, folders, and broken ones."""

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dothi.core.errors import BadInput, NotFound
from dothi.kernel.feeds.replay import sources

ENTITIES = [{"id": f"urn:{i}", "type": "T", "text": 'a " } ] , { é 中'} for i in range(5)]
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
values = leaves | st.lists(leaves, max_size=3) | st.dictionaries(st.text(max_size=4), leaves, max_size=3)


def records(data, skip=0):
    return list(sources.json_records(io.BytesIO(data), skip))


def rows(data, skip=0):
    return list(sources.csv_rows(io.BytesIO(data), ",", skip))


@settings(max_examples=40, deadline=None)
@given(st.lists(values, max_size=6), st.sampled_from([None, 1, 2]))
def test_an_array_gives_its_elements_however_it_is_written(elements, indent):
    assert [each.value for each in records(json.dumps(elements, indent=indent).encode())] == elements


@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
def test_an_array_is_read_piece_by_piece(monkeypatch, chunk):
    monkeypatch.setattr(sources, "_CHUNK", chunk)
    data = json.dumps(ENTITIES, ensure_ascii=False, indent=2).encode()
    assert [each.value for each in records(data)] == ENTITIES


def test_lines_give_one_record_each_and_a_broken_one_alone_is_reported():
    data = b'{"id": 1}\n\n{"id": broken}\r\n{"id": 3}\n'
    found = records(data)
    assert [each.number for each in found] == [1, 2, 3]
    assert found[1].problem.startswith("not JSON")
    assert found[2].value == {"id": 3}


def test_one_object_is_one_record():
    assert [each.value for each in records(json.dumps(ENTITIES[0], indent=1).encode())] == [ENTITIES[0]]


def test_after_broken_json_in_an_array_nothing_more_is_guessed():
    found = records(b'[{"id": 1}, {"id": }, {"id": 3}]')
    assert found[0].value == {"id": 1}
    assert found[1].problem.startswith("not JSON from here on")
    assert len(found) == 2


def test_an_array_that_ends_too_early_says_so():
    found = records(b'[{"id": 1}, {"id": 2}')
    assert "ends inside" in found[-1].problem


@pytest.mark.parametrize("data", [b"", b"   ", b"nonsense"])
def test_what_is_not_json_is_reported_not_raised(data):
    assert records(data)[0].problem.startswith("not JSON")


def test_a_byte_order_mark_is_no_part_of_the_data():
    assert records(b"\xef\xbb\xbf" + json.dumps(ENTITIES).encode())[0].value == ENTITIES[0]
    assert rows(b"\xef\xbb\xbfa,b\n1,2\n")[0].value == ["1", "2"]


def test_csv_rows_are_numbered_after_the_header_and_empty_lines_are_none():
    assert [(r.number, r.value) for r in rows(b'a,b\n1,"x\ny"\n\n2,z\n')] == [
        (1, ["1", "x\ny"]),
        (2, ["2", "z"]),
    ]


@given(st.integers(0, 7))
def test_skipping_gives_the_rest(skip):
    data = b"a\n" + b"".join(b"%d\n" % i for i in range(5))
    assert rows(data, skip) == rows(data)[skip:]
    assert records(json.dumps(ENTITIES).encode(), skip) == records(json.dumps(ENTITIES).encode())[skip:]


def test_a_zip_file_gives_its_members_in_order(tmp_path):
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.csv", "a\n1\n")
        archive.writestr("a.csv", "a\n2\n")
        archive.writestr("readme.txt", "no data")
    found = sources.parts(path)
    assert [part.name for part in found] == ["set.zip/a.csv", "set.zip/b.csv"]
    with found[0].open() as raw:
        assert next(iter(sources.csv_rows(raw))).value == ["2"]


def test_a_folder_gives_all_it_can_be_read_of(tmp_path):
    for name in ("b.json", "a.csv", "notes.txt"):
        (tmp_path / name).write_text("[]")
    assert [part.name for part in sources.parts(tmp_path)] == ["a.csv", "b.json"]


def test_a_renamed_file_is_still_the_same(tmp_path):
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("a\n1\n")
    one, two = sources.parts(tmp_path)
    assert one.digest == two.digest


def test_what_cannot_be_replayed_is_refused(tmp_path):
    with pytest.raises(NotFound):
        sources.parts(tmp_path / "missing.csv")
    with pytest.raises(BadInput, match=r"\.csv"):
        sources.parts(tmp_path)
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    with pytest.raises(BadInput, match="zip"):
        sources.parts(tmp_path / "bad.zip")
