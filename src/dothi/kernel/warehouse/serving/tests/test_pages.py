"""Pages against a plain reading of the same rows."""

from __future__ import annotations

import random

import pytest

from dothi.core.errors import BadInput
from dothi.core.text import collation_key, fold
from dothi.kernel.warehouse import serving
from dothi.kernel.warehouse.serving import Filter, planning
from dothi.kernel.warehouse.serving.tests.conftest import COLUMNS, WARDS, make_rows

NAMES = [column["name"] for column in COLUMNS]
ORDERED = [name for name in NAMES if name != "note"]


def key_of(name, value):
    return collation_key(value) if name == "ward" else value


def holds(asked, row):
    value = row[NAMES.index(asked.column)]
    if asked.op == "isnull":
        return (value is None) == asked.value
    if value is None:
        return False
    if asked.op == "in":
        return value in asked.value
    if asked.op == "contains":
        return fold(asked.value) in fold(value)
    left, right = key_of(asked.column, value), key_of(asked.column, asked.value)
    return {
        "eq": left == right, "ne": left != right, "lt": left < right, "le": left <= right, "gt": left > right,
        "ge": left >= right,
    }[asked.op]  # fmt: skip


def oracle(rows, where, order, bbox=None):
    found = [row for row in rows if all(holds(each, row) for each in where)]
    if bbox:
        west, south, east, north = bbox
        found = [
            row for row in found
            if row[7] is not None and row[8] is not None and west <= row[7] <= east and south <= row[8] <= north
        ]  # fmt: skip
    if order and order[-1][1]:
        found.reverse()
    for name, descending in reversed(order):
        place = NAMES.index(name)
        known = [row for row in found if row[place] is not None]
        known.sort(key=lambda row: key_of(name, row[place]), reverse=descending)
        if descending:  # reverse keeps ties as they were: what we want, they are backwards already
            known = sorted(
                [row for row in found if row[place] is not None],
                key=lambda row: key_of(name, row[place]),
                reverse=True,
            )
        found = known + [row for row in found if row[place] is None]
    return found


def all_pages(ref, limit, **asked):
    rows, after = [], None
    for _ in range(1000):
        page = serving.page(ref, limit=limit, after=after, **asked)
        assert len(page.rows) <= limit
        rows += page.rows
        after = page.next
        if after is None:
            return rows
    raise AssertionError("the pages have no end")


def random_filter(chance, rows):
    name = chance.choice(ORDERED)
    values = [row[NAMES.index(name)] for row in rows if row[NAMES.index(name)] is not None]
    op = chance.choice(["eq", "ne", "lt", "le", "gt", "ge", "in", "isnull", "contains"])
    if op == "isnull":
        return Filter(name, op, chance.random() < 0.5)
    if op == "contains":
        return Filter("ward", op, chance.choice(["an", "BINH", "đa", "a", "zzz"]))
    if op == "in":
        return Filter(name, op, tuple(chance.sample(values, 3)))
    return Filter(name, op, chance.choice(values))


@pytest.mark.parametrize("gather", [0, 10**9], ids=["walking", "gathering"])
@pytest.mark.parametrize("seed", range(40))
def test_any_page_is_what_a_plain_reading_finds(served, monkeypatch, seed, gather):
    monkeypatch.setattr(planning, "GATHER", gather)
    chance = random.Random(seed)
    rows = make_rows(600, seed)
    ref = served(rows)
    where = [random_filter(chance, rows) for _ in range(chance.randrange(3))]
    order = [(name, chance.random() < 0.5) for name in chance.sample(ORDERED, chance.randrange(3))]
    expected = oracle(rows, where, order)
    assert all_pages(ref, chance.choice([7, 50, 1000]), where=where, order=order) == expected


@pytest.mark.parametrize("seed", range(15))
def test_a_box_finds_each_row_in_it_once(served, seed):
    chance = random.Random(seed)
    rows = make_rows(3000, seed)
    ref = served(rows)
    west, south = 106.6 + chance.random() / 6, 10.7 + chance.random() / 6
    bbox = (west, south, west + chance.random() / 8, south + chance.random() / 8)
    where = [random_filter(chance, rows)] if seed % 2 else []
    order = [("score", True)] if seed % 3 == 0 else []
    found = all_pages(ref, 13, where=where, order=order, bbox=bbox)
    expected = oracle(rows, where, order, bbox)
    assert found == expected if order else sorted(found) == sorted(expected, key=lambda row: row[0])


def test_words_sort_as_in_a_vietnamese_dictionary(served):
    ref = served([(n, ward, *[None] * 7, "") for n, ward in enumerate(WARDS)])
    page = serving.page(ref, order=[("ward", False)], columns=["ward"])
    assert [ward for (ward,) in page.rows] == sorted(WARDS, key=collation_key)


def test_a_search_needs_no_diacritics(served):
    ref = served([(n, ward, *[None] * 7, "Hẻm Đẹp") for n, ward in enumerate(WARDS)])
    by_ward = serving.page(ref, where=[Filter("ward", "contains", "da kao")], columns=["ward"])
    assert by_ward.rows == [("Đa Kao",)]
    by_note = serving.page(ref, where=[Filter("note", "contains", "hem dep")], columns=["id"])
    assert len(by_note.rows) == len(WARDS)


def test_a_row_is_found_by_its_key(served):
    rows = make_rows(50)
    ref = served(rows)
    assert serving.row(ref, 17) == rows[17]
    assert serving.row(ref, "17", columns=["id"]) == (17,)
    assert serving.row(ref, 999) is None
    with pytest.raises(BadInput):
        serving.row(ref, (1, 2))


def test_a_cursor_of_another_version_or_none_at_all_is_refused(served):
    rows = make_rows(50)
    first, second = served(rows), served(rows, version="v2", number=2)
    cursor = serving.page(first, limit=5).next
    for wrong in (cursor, "zzz", "", "AAAA"):
        with pytest.raises(BadInput) as refused:
            serving.page(second, limit=5, after=wrong)
        assert refused.value.where == "after"


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"where": [Filter("nowhere", "eq", 1)]}, "nowhere"),
        ({"where": [Filter("count", "like", 1)]}, "count"),
        ({"where": [Filter("count", "eq", "abc")]}, "count"),
        ({"where": [Filter("count", "eq", float("inf"))]}, "count"),
        ({"where": [Filter("count", "contains", "1")]}, "count"),
        ({"where": [Filter("count", "in", "12")]}, "count"),
        ({"order": [("nowhere", False)]}, "order"),
        ({"columns": ["nowhere"]}, "columns"),
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"bbox": (1, 2, 3)}, "bbox"),
        ({"bbox": (0, 9, 1, 8)}, "bbox"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(served, asked, where):
    ref = served(make_rows(5))
    with pytest.raises(BadInput) as refused:
        serving.page(ref, **asked)
    assert refused.value.where == where


def test_an_empty_version_has_no_rows(served):
    ref = served([])
    assert serving.page(ref).rows == []
    assert serving.page(ref, order=[("score", True)], where=[Filter("ward", "eq", "x")]).rows == []
    assert serving.page(ref, bbox=(106, 10, 107, 11)).rows == []
    assert serving.aggregate(ref, by=["ward"]).rows == []
    assert [column["nulls"] for column in serving.summary(ref)] == [0] * len(COLUMNS)


@pytest.mark.parametrize("value", [2.5, -2.5, 10**25, -(10**25)])
def test_whole_numbers_compare_with_any_number(served, value):
    rows = make_rows(200)
    ref = served(rows)
    for op in ("eq", "ne", "lt", "le", "gt", "ge"):
        where = [Filter("count", op, value)]
        assert all_pages(ref, 1000, where=where) == oracle(rows, where, [])
