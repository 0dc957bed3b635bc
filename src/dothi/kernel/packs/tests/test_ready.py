"""Packs read before are as if read now: any change in them is seen, and no mistake is passed over."""

import pytest

from dothi.core import config
from dothi.kernel.packs import loader, places, queries, ready
from dothi.kernel.packs.problems import PackErrors


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DOTHI_HOME", str(tmp_path / "home"))
    config.current.cache_clear()
    yield tmp_path / "home"
    monkeypatch.undo()
    config.current.cache_clear()


@pytest.fixture
def reads(monkeypatch):
    """How often the loader was asked."""
    asked, load_all = [], loader.load_all

    def counted(folders):
        asked.append(list(folders))
        return load_all(folders)

    monkeypatch.setattr(loader, "load_all", counted)
    return asked


def test_the_second_time_nothing_is_read(make, reads):
    folder = make()
    assert ready.packs([folder]) == ready.packs([folder]) == loader.load_all([folder])
    assert len(reads) == 2  # the first time, and the one to compare with


def test_the_built_in_packs_come_back_as_they_were_and_as_they_are_published():
    folders = places.within(places.builtin())
    first, second, read = ready.packs(folders), ready.packs(folders), loader.load_all(folders)
    assert first == second == read
    assert [each.digest() for each in second] == [each.digest() for each in read]


@pytest.mark.parametrize("name", ["pack.yaml", "entities/AirQualityObserved.yaml", "vocab/kinds.yaml"])
def test_an_edited_file_is_read_again(name, make, reads):
    folder = make()
    ready.packs([folder])
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    ready.packs([folder])
    assert len(reads) == 2


def test_an_edit_behind_a_link_is_seen(make, reads, tmp_path):
    folder = make()
    (folder / "vocab").rename(tmp_path / "elsewhere")
    (folder / "vocab").symlink_to(tmp_path / "elsewhere")
    ready.packs([folder])
    path = tmp_path / "elsewhere" / "kinds.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Big", "Large"), encoding="utf-8")
    (codes,) = ready.packs([folder])[0].vocabularies
    assert codes.codes[0].label.text("en") == "Large"


def test_another_choice_of_packs_is_read(make, reads):
    one, two = make("one", pack__yaml=None), make("demo")
    ready.packs([two])
    with pytest.raises(PackErrors):
        ready.packs([two, one])


def test_a_stray_file_is_told_after_the_pack_was_right(make):
    folder = make()
    ready.packs([folder])
    (folder / "entities" / "Noise.yml").write_text("key: Noise", encoding="utf-8")
    with pytest.raises(PackErrors, match="Noise"):
        ready.packs([folder])


def test_a_stray_folder_is_told_after_the_pack_was_right(make):
    folder = make()
    ready.packs([folder])
    (folder / "entites").mkdir()
    with pytest.raises(PackErrors, match="entites"):
        ready.packs([folder])


def test_a_mistake_is_told_every_time(make):
    folder = make()
    path = folder / "vocab" / "kinds.yaml"
    path.write_text("key: [", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PackErrors):
            ready.packs([folder])


def test_a_folder_that_is_not_there_is_told_as_the_loader_does(tmp_path):
    with pytest.raises(PackErrors):
        ready.packs([tmp_path / "nowhere"])


def test_a_damaged_copy_is_not_believed(make, home, reads):
    folder = make()
    right = ready.packs([folder])
    copy = home / "cache" / "packs"
    copy.write_bytes(copy.read_bytes().replace(b"demo", b"evil"))
    assert ready.packs([folder]) == right
    assert len(reads) == 2


def test_an_edited_pack_is_seen_by_whoever_asks_after_a_reload(make, installed):
    folder = make()
    installed("", folder)
    assert queries.vocabulary("kinds").codes[0].label.text("en") == "Big"
    path = folder / "vocab" / "kinds.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("en: Big", "en: Large"), encoding="utf-8")
    queries.reload()
    assert queries.vocabulary("kinds").codes[0].label.text("en") == "Large"
