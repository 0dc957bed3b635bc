"""A kept result is what would be computed, whatever has become of its file."""

import stat

import msgspec
import pytest

from dothi.core import kept as module
from dothi.core.kept import kept, sources


class Ward(msgspec.Struct):
    name: str
    outline: bytes
    area: float | None = None


WARDS = [Ward("Sài Gòn", b"\x00\xff", 3.04), Ward("Côn Đảo", b"")]


class Making:
    """Counts how often the result was computed."""

    def __init__(self, value):
        self.value, self.times = value, 0

    def __call__(self):
        self.times += 1
        return self.value


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "wards"


@pytest.fixture
def making(path):
    first = Making(WARDS)
    assert kept(path, "v1", list[Ward], first) == WARDS
    assert first.times == 1
    return Making(WARDS)


def test_the_second_time_nothing_is_computed(path, making):
    assert kept(path, "v1", list[Ward], making) == WARDS
    assert making.times == 0


def test_other_sources_are_computed_and_take_the_place_of_the_first(path, making):
    assert kept(path, "v2", list[Ward], making) == WARDS
    assert kept(path, "v2", list[Ward], making) == WARDS
    assert making.times == 1
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("cut", [0, 1, 31, 32, 33])
def test_a_file_that_was_cut_is_computed_again(path, making, cut):
    path.write_bytes(path.read_bytes()[:cut])
    assert kept(path, "v1", list[Ward], making) == WARDS
    assert making.times == 1


def test_any_changed_byte_is_found(path, making):
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        again = Making(WARDS)
        assert kept(path, "v1", list[Ward], again) == WARDS
        assert again.times == 1


def test_a_sound_file_of_another_form_is_computed_again(path, making):
    kept(path, "v1-other", list[int], lambda: [1, 2])
    module._write(path, "v1", msgspec.msgpack.encode([1, 2]))
    assert kept(path, "v1", list[Ward], making) == WARDS
    assert making.times == 1


def test_a_folder_in_its_place_costs_time_only(path, making):
    path.unlink()
    path.mkdir()
    assert kept(path, "v1", list[Ward], making) == WARDS
    assert making.times == 1
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_costs_time_only(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder would be")
    making = Making(WARDS)
    assert kept(tmp_path / "cache" / "wards", "v1", list[Ward], making) == WARDS


def test_what_cannot_be_computed_is_not_kept(path):
    def make():
        raise ValueError("no boundaries")

    with pytest.raises(ValueError, match="no boundaries"):
        kept(path, "v1", list[Ward], make)
    assert not path.exists()


def test_only_the_owner_reads_it(path, making):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sources_differ_by_name_content_order_and_words(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("a")
    found = {
        sources([one]),
        sources([two]),
        sources([one, two]),
        sources([two, one]),
        sources([one], "79"),
        sources([one], "7", "9"),
    }
    one.write_text("b")
    assert len(found | {sources([one])}) == 7


def test_the_same_sources_are_the_same(tmp_path):
    (tmp_path / "one").write_text("a")
    assert sources([tmp_path / "one"], "79") == sources([tmp_path / "one"], "79")
