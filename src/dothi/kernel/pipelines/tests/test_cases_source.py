"""Cases as rows: all at first, then those that something happened to; nothing that people wrote."""

from __future__ import annotations

import pytest

from dothi.kernel.cases import actions as cases
from dothi.kernel.events import log as events
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.pipelines.sources.base import Unchanged
from dothi.kernel.pipelines.sources.cases import extractor
from dothi.kernel.pipelines.tests.extracting import declare, portions, read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
OPERATOR = Actor("account", "op", "Trực", (Grant("cases.*"), Grant("hotline.*")), account="op")
REPORTS = declare(cases={"procedures": ["report-1022"], "fields": ["category", "description"]})


def report(category="pothole", text="Ổ gà trước số 12 Lê Lợi"):
    data = {"category": category, "description": text, "place_words": "Lê Lợi"}
    return cases.open_case("report-1022", data=data, by=OPERATOR, unit="79", applicant="account:mai")


def test_the_first_run_reads_every_case_by_its_number(tmp_path):
    made = [report() for _ in range(3)]
    rows, place = read(REPORTS, tmp_path)
    assert [row["case"] for row in rows] == [each.id for each in made]
    assert (rows[0]["state"], rows[0]["phase"], rows[0]["late"], rows[0]["on_time"]) == (
        "new",
        "open",
        False,
        None,
    )
    assert set(place) == {"log"}


def test_nothing_that_people_wrote_nor_who_they_are_is_given(tmp_path):
    report()
    (row,), _ = read(REPORTS, tmp_path)
    assert (row["category"], row["description"]) == ("pothole", None)
    assert not {"code", "title", "applicant", "assignee"} & set(row)
    assert "Lê Lợi" not in str(row)
    assert "mai" not in str(row)


def test_later_runs_read_what_something_happened_to_once_each(tmp_path):
    first, second = report(), report()
    _, place = read(REPORTS, tmp_path)
    with pytest.raises(Unchanged):
        read(REPORTS, tmp_path, place)
    cases.act(first.id, "withdraw", by=OPERATOR)
    cases.comment(first.id, "Đã gọi.", by=OPERATOR)
    third = report("noise")
    rows, after = read(REPORTS, tmp_path, place)
    assert {(row["case"], row["state"]) for row in rows} == {(first.id, "withdrawn"), (third.id, "new")}
    assert second.id not in {row["case"] for row in rows}
    assert (rows[0]["outcome"], rows[0]["closed_on"] is not None) == ("withdrawn", True)
    assert after["log"] > place["log"]


def test_a_first_run_that_was_cut_off_goes_on_and_misses_nothing_that_happened_meanwhile(tmp_path):
    made = [report() for _ in range(3)]
    one = declare(cases={"procedures": ["report-1022"], "page": 1})
    cut = next(portions(one, tmp_path))
    cases.act(made[0].id, "withdraw", by=OPERATOR)
    rows, place = read(one, tmp_path, cut.position)
    assert [row["case"] for row in rows] == [made[1].id, made[2].id]
    (again,), _ = read(one, tmp_path, place)
    assert (again["case"], again["state"]) == (made[0].id, "withdrawn")


def test_a_log_that_forgot_the_place_has_every_case_read_again(tmp_path, monkeypatch):
    report()
    _, place = read(REPORTS, tmp_path)
    monkeypatch.setattr(extractor.events, "is_lost", lambda log, after: True)
    rows, _ = read(REPORTS, tmp_path, place)
    assert len(rows) == 1


def test_other_procedures_and_kinds_are_left_out(tmp_path):
    report()
    assert read(declare(cases={"kinds": ["dossier"]}), tmp_path)[0] == []
    assert read(declare(cases={"procedures": ["agency-opinion"]}), tmp_path)[0] == []
    _, place = read(REPORTS, tmp_path)
    cases.open_case("agency-opinion", data={"about": "x", "question": "y"}, by=SYSTEM, unit="79")
    rows, after = read(REPORTS, tmp_path, place)
    assert (rows, after["log"] != place["log"]) == ([], True)
    assert events.logs()["city"].head() == after["log"]
