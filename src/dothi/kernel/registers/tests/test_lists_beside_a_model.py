"""Any list, filtered in any way, read page by page, beside a list made by looking at every record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.core.text import collation_key
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import plans
from dothi.kernel.registers.bulk import bulk
from dothi.kernel.registers.finding import page, search
from dothi.kernel.registers.tests.conftest import OTHER, REGISTRAR, WARD, WARD_OFFICER
from dothi.kernel.registers.tests.test_model import undone

pytestmark = pytest.mark.django_db
NAMES = ["An", "Ân", "Ánh", "Bình", "Đào", "Dao", "Đạo", "Hoà", "Hòa", "Ý", "Yên", "yên"]
some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
people = st.lists(
    st.fixed_dictionaries(
        {"full_name": st.sampled_from(NAMES)},
        optional={
            "sex": st.sampled_from(["male", "female", "unknown"]),
            "height": st.one_of(st.integers(-5, 5), st.floats(-5, 5)),
            "alive": st.booleans(),
            "unit": st.sampled_from([WARD, OTHER]),
        },
    ),
    max_size=30,
)


@dataclass(frozen=True)
class Asked:
    where: list[tuple[str, str, Any]]
    unit: str
    order: str
    size: int
    narrow: int


filters = st.lists(
    st.one_of(
        st.tuples(st.just("sex"), st.just("eq"), st.sampled_from(["male", "female"])),
        st.tuples(
            st.just("sex"),
            st.just("in"),
            st.lists(st.sampled_from(["male", "unknown"]), min_size=1, max_size=2),
        ),
        st.tuples(st.just("height"), st.sampled_from(["ge", "le", "eq"]), st.integers(-5, 5)),
        st.tuples(st.just("alive"), st.just("eq"), st.booleans()),
    ),
    max_size=3,
)
asked = st.builds(
    Asked, filters, st.sampled_from(["", WARD, OTHER]), st.sampled_from(["num", "name"]), st.integers(1, 7),
    st.sampled_from([0, 3, 30_000]),
)  # fmt: skip


def fits(row: dict[str, Any], question: Asked) -> bool:
    if question.unit and row.get("unit") != question.unit:
        return False
    for key, op, value in question.where:
        mine = row.get(key)
        if mine is None:
            return False
        right = {
            "eq": lambda a, b: a == b,
            "in": lambda a, b: a in b,
            "ge": lambda a, b: a >= b,
            "le": lambda a, b: a <= b,
        }[op](mine, value)
        if not right:
            return False
    return True


def pages(question: Asked, by: Any) -> list[Any]:
    after, found = "", []
    while True:
        part = page(
            "owner", by=by, purpose="residence", where=question.where, unit=question.unit, order=question.order,
            limit=question.size, after=after,
        )  # fmt: skip
        assert len(part.items) <= question.size
        found += part.items
        if not part.next:
            return found
        after = part.next


@some
@given(people, asked)
def test_a_list_is_complete_in_order_and_without_doubles(monkeypatch, rows, question):
    monkeypatch.setattr(plans, "NARROW_AT_MOST", question.narrow)
    with undone():
        bulk("owner", [{**row, "file": f"f{n}"} for n, row in enumerate(rows)], by=SYSTEM, batch=7)
        found = pages(question, REGISTRAR)
        expected = {f"f{n}" for n, row in enumerate(rows) if fits(row, question)}
        assert sorted(each.data["file"] for each in found) == sorted(expected)
        if question.order == "name":
            keys = [collation_key(each.label).partition("\x00")[0] for each in found]
            assert keys == sorted(keys)


@some
@given(people, asked)
def test_an_officer_of_a_ward_never_sees_another_ward(monkeypatch, rows, question):
    monkeypatch.setattr(plans, "NARROW_AT_MOST", question.narrow)
    with undone():
        bulk("owner", [{**row, "file": f"f{n}"} for n, row in enumerate(rows)], by=SYSTEM)
        mine = Asked(question.where, "", question.order, question.size, question.narrow)
        found = pages(mine, WARD_OFFICER)
        expected = [n for n, row in enumerate(rows) if row.get("unit") == WARD and fits(row, mine)]
        assert sorted(each.data["file"] for each in found) == sorted(f"f{n}" for n in expected)
        hits = search("owner", "an", by=WARD_OFFICER, purpose="residence", limit=100).items
        assert {each.unit for each in hits} <= {WARD}


@some
@given(people, st.sampled_from(NAMES))
def test_a_search_finds_every_name_written_so_or_without_marks(rows, name):
    with undone():
        bulk("owner", [{**row, "file": f"f{n}"} for n, row in enumerate(rows)], by=SYSTEM)
        found = search("owner", name, by=REGISTRAR, purpose="residence", limit=100).items
        exact = [row for row in rows if row["full_name"].lower() == name.lower()]
        assert len([each for each in found if each.label.lower() == name.lower()]) == len(exact)
        first = [each.label.lower() for each in found[: len(exact)]]
        assert first == [name.lower()] * len(exact)
