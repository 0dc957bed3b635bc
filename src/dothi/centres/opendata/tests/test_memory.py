"""The index of a process follows the table: what was put, changed, taken away, by this process and by others."""

import pytest

from dothi.centres.opendata import queries
from dothi.centres.opendata.catalogue import memory as memories
from dothi.centres.opendata.catalogue import writing
from dothi.centres.opendata.catalogue.listing import Words, decode, encode
from dothi.centres.opendata.catalogue.memory import Memory, memory
from dothi.centres.opendata.catalogue.rendered import Rendered
from dothi.centres.opendata.models import CatalogueEntry, CatalogueState, Change
from dothi.core.errors import Gone, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(monkeypatch):
    """Look at the table at every question."""
    monkeypatch.setattr(memories, "ASK_EVERY_S", 0.0)


def test_a_description_comes_back_as_it_was(listing):
    assert decode(encode(listing())) == listing()


def test_two_processes_see_the_same(at_once, listing):
    one, other = Memory(), Memory()
    writing.put(listing("a"), Change.PUBLISHED)
    assert [len(each.get()) for each in (one, other)] == [1, 1]
    writing.put(listing("b"), Change.PUBLISHED)
    writing.remove(listing("a"), Change.WITHDRAWN, "sai")
    assert [[found.key for found in each.get().listings] for each in (one, other)] == [["b"], ["b"]]


def test_only_what_changed_is_read_again(at_once, listing, django_assert_num_queries):
    own = Memory()
    writing.put_many([listing(f"d{n}") for n in range(5)])
    own.get()
    with django_assert_num_queries(1):
        own.get()
    writing.put(listing("d1", title=Words("Tiếng ồn", "Noise")), Change.UPDATED)
    before = own.get().main
    assert own.get().main is before
    assert own.get().get("d1").title.en == "Noise"


def test_a_database_put_back_is_read_from_the_beginning(at_once, listing):
    own = Memory()
    writing.put(listing("a"), Change.PUBLISHED)
    writing.put(listing("b"), Change.PUBLISHED)
    assert len(own.get()) == 2
    CatalogueEntry.objects.filter(dataset="b").delete()
    CatalogueState.objects.update(seq=1)
    assert [each.key for each in own.get().listings] == ["a"]


def test_the_table_is_asked_now_and_then_only(listing, django_assert_num_queries):
    own = Memory()
    own.get()
    with django_assert_num_queries(0):
        own.get()


def test_changes_are_numbered_without_gap(listing):
    made = [writing.put(listing(key), Change.PUBLISHED).pk for key in ("a", "b", "a")]
    assert made == [1, 2, 3]
    assert CatalogueState.objects.get().seq == 3
    assert CatalogueEntry.objects.get(dataset="a").seq == 3


def test_many_at_once_replace_what_was_there(listing):
    writing.put_many([listing("a"), listing("b")])
    writing.put_many([listing("b", 9)])
    memory.due()
    assert len(queries.published()) == 2
    assert queries.dataset("b").modified == listing("b", 9).modified


def test_pages_by_key_follow_each_other(shown, listing):
    shown(*(listing(f"d{n}") for n in range(5)))
    assert [each.key for each in queries.page(limit=2)] == ["d0", "d1"]
    assert [each.key for each in queries.page("d1", 2)] == ["d2", "d3"]
    assert queries.page("d4") == []


def test_what_is_gone_is_told_from_what_never_was(listing):
    writing.put(listing("a"), Change.PUBLISHED)
    writing.remove(listing("a"), Change.WITHDRAWN, "sai")
    memory.due()
    with pytest.raises(Gone):
        queries.needed("a")
    with pytest.raises(NotFound):
        queries.needed("b")
    assert queries.withdrawn("a") == listing("a")
    assert queries.withdrawn("b") is None


def test_datasets_are_found_by_id(two):
    assert queries.by_id(two[0].id) == two[0]
    assert queries.by_id(two[0].id.__class__(int=1)) is None


def test_changes_are_told_newest_first(listing):
    for kind in (Change.PUBLISHED, Change.UPDATED):
        writing.put(listing("a"), kind)
    writing.put(listing("b"), Change.PUBLISHED)
    assert [(each.dataset, each.kind) for each in queries.changes()] == [
        ("b", "published"), ("a", "updated"), ("a", "published"),
    ]  # fmt: skip
    assert [each.pk for each in queries.changes(after=1, dataset="a")] == [2]
    assert len(queries.changes(limit=1)) == 1


@pytest.mark.parametrize(
    ("facet", "value", "label"),
    [
        ("theme", "ENVI", "Môi trường"),
        ("publisher", "H29.1", "Sở Môi trường"),
        ("publisher", "nobody", "nobody"),
        ("frequency", "ANNUAL", "Hằng năm"),
        ("access", "open", "Mở cho mọi người"),
        ("format", "CSV", "CSV"),
        ("licence", "cc0-1.0", "Hiến tặng công cộng CC0 1.0"),
        ("unit", "no-such", "no-such"),
    ],
)
def test_facet_values_have_names(two, facet, value, label):
    assert queries.label(facet, value)["vi"] == label


def test_facets_count_everything_that_is_published(two):
    assert queries.facets()["licence"] == {"cc-by-4.0": 1, "cc0-1.0": 1}


def test_json_is_kept_until_the_description_is_another(listing):
    made = []
    rendered = Rendered(lambda each: made.append(each) or {"key": each.key})
    first = listing("a")
    assert bytes(rendered(first)) == bytes(rendered(first)) == b'{"key":"a"}'
    rendered(listing("a", 2))
    assert len(made) == 2


def test_the_stamp_grows_with_every_change(listing):
    before = queries.stamp()
    writing.put(listing("a"), Change.PUBLISHED)
    assert queries.stamp().seq == before.seq + 1
