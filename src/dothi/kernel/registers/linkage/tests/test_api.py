"""Duplicates over HTTP, and what the golden record's rules say."""

from __future__ import annotations

from uuid import uuid4

from django.urls import resolve

from dothi.kernel.registers.linkage.survivorship import Said, fullness, golden, since


def test_the_addresses_stand_before_any_type():
    assert "linkage" in resolve("/api/registers/duplicates/person").func.__module__ or resolve(
        "/api/registers/duplicates/person"
    ).kwargs == {"type": "person"}


def test_without_a_right_nobody_is_told(client, db):
    for path in ("", "/owner", "/owner/pairs/1"):
        assert client.get(f"/api/registers/duplicates{path}").status_code in (401, 403)


def test_a_property_that_one_side_lacks_comes_from_the_other():
    a, b = Said(uuid4(), {"x": 1}, {"x": 1}), Said(uuid4(), {"y": 2}, {"y": 5})
    data, origins = golden(a, b, {})
    assert data == {"x": 1, "y": 2}
    assert origins == {"x": a.id, "y": b.id}


def test_latest_fullest_and_the_winners_own():
    a = Said(uuid4(), {"p": "1", "n": "NGUYEN AN", "c": "A"}, {"p": 1, "n": 9, "c": 1})
    b = Said(uuid4(), {"p": "2", "n": "Nguyễn Văn An", "c": "B"}, {"p": 5, "n": 2, "c": 8})
    data, _ = golden(a, b, {"n": "fullest", "c": "winner"})
    assert data == {"p": "2", "n": "Nguyễn Văn An", "c": "A"}
    assert golden(a, b, {}, {"p": "winner"})[0]["p"] == "1"


def test_a_full_date_is_fuller_than_a_year_alone():
    assert fullness("1990-03-04") > fullness("1990-01-01")


def test_since_when_a_value_is_said():
    told = [(1, {"a": 1, "b": 1}), (2, {"a": 2, "b": 1}), (3, None), (4, {"a": 2, "b": 3})]
    assert since(told) == {"a": 2, "b": 4}
