"""Records follow the reform of 1 July 2025: what is certain is converted, what was divided is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dothi.core import clock
from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.source import REFORM
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import queries
from dothi.kernel.registers.models import UnitQuestion, Version
from dothi.kernel.registers.reform import actions
from dothi.kernel.registers.reform.queries import lines, questions
from dothi.kernel.registers.reform.rules import choice, order
from dothi.kernel.registers.tests.conftest import someone

pytestmark = pytest.mark.django_db
BEFORE = datetime(2025, 3, 1, 3, tzinfo=UTC)
EVE = REFORM - timedelta(days=1)


def says(record, valid_on=None):
    return queries.get("stall", record.id, by=SYSTEM, valid_on=valid_on).data


@pytest.fixture
def early(stall):
    """Entered before the reform."""

    def make(**data):
        with clock.frozen(BEFORE):
            return stall(**data)

    return make


class TestRules:
    def test_a_code_of_both_orders_is_old_only_where_it_was_said_before(self):
        both = {"was": True, "is_now": True}
        assert order(**both, began_before=True, said_before=True) == "old"
        assert order(**both, began_before=True, said_before=False) == "new"
        assert order(**both, began_before=False, said_before=True) == "new"
        assert order(was=True, is_now=False, began_before=False, said_before=False) == "old"
        assert order(was=False, is_now=False, began_before=True, said_before=True) == "none"

    def test_nobody_chooses_among_several_but_who_was_offered_one(self):
        assert choice(("a",)) == "a"
        assert choice(("a", "b"), "", "b") == "b"
        assert choice(("a", "b"), "c") == ""


class TestConversion:
    def test_whole_units_and_their_addresses_are_converted_from_the_day_on(self, early):
        record = early(unit="27664", seat="1 Đào Cử, TT. Cần Thạnh, H. Cần Giờ, TP.HCM")
        report = actions.convert("stall", by=SYSTEM)
        assert (report.total, report.converted, dict(report.open)) == (1, 1, {})
        assert says(record)["seat"] == "1 Đào Cử, Xã Cần Giờ, Thành phố Hồ Chí Minh"
        assert says(record, EVE)["seat"] == "1 Đào Cử, TT. Cần Thạnh, H. Cần Giờ, TP.HCM"
        assert OutboxEvent.objects.filter(type="vn.dothi.registers.units-converted").count() == 1

    def test_running_it_again_changes_nothing(self, early):
        early(unit="26740", seat="1, P. Bến Nghé, Q1")
        assert actions.convert("stall", by=SYSTEM).converted == 1
        versions = Version.objects.count()
        assert actions.convert("stall", by=SYSTEM, old_codes=True).converted == 0
        assert Version.objects.count() == versions

    def test_a_dry_run_writes_nothing(self, early):
        early(unit="26737", seat="1, Phường Bến Nghé, Quận 1")
        report = actions.convert("stall", by=SYSTEM, dry_run=True)
        assert (report.converted, report.open["divided"], report.properties["seat"]) == (1, 1, 1)
        assert (Version.objects.count(), UnitQuestion.objects.count()) == (1, 0)

    def test_an_address_in_a_divided_ward_goes_by_the_unit_the_record_has(self, stall):
        record = stall(unit="26743", seat="5 Đinh Tiên Hoàng, P. Đa Kao, Quận 1")
        actions.convert("stall", by=SYSTEM)
        assert says(record)["seat"] == "5 Đinh Tiên Hoàng, Phường Bến Thành"

    def test_a_boundary_decides_and_a_cell_only_suggests(self, early, monkeypatch):
        place = {"type": "Point", "coordinates": [106.694, 10.7695]}
        record = early(unit="26737", position=place)
        report = actions.convert("stall", by=SYSTEM)
        assert [(each.why, each.suggested) for _, each in report.questions] == [("divided", "26743")]
        from dothi.kernel.registers.reform import rehoming

        monkeypatch.setattr(rehoming, "unit_at", lambda _geometry: ("26743", True))
        actions.convert("stall", by=SYSTEM)
        assert says(record)["unit"] == "26743"
        assert not UnitQuestion.objects.exists()

    def test_what_was_divided_or_is_not_known_is_reported_and_stays(self, early):
        record = early(unit="26737")
        other = early(unit="99999", seat="9, Quận 1, TPHCM")
        report = actions.convert("stall", by=SYSTEM)
        assert dict(report.open) == {"divided": 1, "unknown": 1, "unread": 1}
        assert (report.converted, says(record)["unit"], says(other)["unit"]) == (0, "26737", "99999")
        told = {(line[0], line[1]): line for line in lines("stall", by=SYSTEM)}
        divided = told[str(record.id), "unit"]
        assert divided[4] == "Phường Đa Kao"
        assert "26740 Phường Sài Gòn" in divided[5]

    def test_records_brought_later_with_old_codes_are_converted_when_it_is_said(self, stall):
        record = stall(unit="26740")
        assert actions.convert("stall", by=SYSTEM).converted == 0
        assert directory.unit("26740").full_name["vi"] == "Phường Sài Gòn"
        assert actions.convert("stall", by=SYSTEM, old_codes=True).converted == 0  # the same code, all of it
        assert says(record)["unit"] == "26740"

    def test_what_ended_before_the_reform_stays(self, early):
        from dothi.kernel.registers.actions import end

        record = early(unit="27664", valid_from=date(2020, 1, 1), seat="1, TT Cần Thạnh, Huyện Cần Giờ")
        end(record, on=date(2025, 1, 1), by=SYSTEM, reason="x")
        assert actions.convert("stall", by=SYSTEM).converted == 0

    def test_it_stops_between_batches_and_goes_on(self, early, monkeypatch):
        monkeypatch.setattr(actions, "AT_ONCE", 1)
        for _ in range(3):
            early(seat="1, P. Bến Nghé, Q1")
        calls = iter([True, False])
        first = actions.convert("stall", by=SYSTEM, go_on=lambda: next(calls))
        assert (first.total, first.next > 0) == (1, True)
        rest = actions.convert("stall", by=SYSTEM, after=first.next)
        assert (rest.total, rest.converted, rest.next) == (2, 2, 0)

    def test_it_needs_the_right_to_migrate(self, early):
        with pytest.raises(Forbidden):
            actions.convert("stall", by=someone("registers.write.*"))


class TestAnswers:
    @pytest.fixture
    def question(self, early):
        early(unit="26737", seat="5 X, P. Đa Kao, Q.1")
        actions.convert("stall", by=SYSTEM)
        return UnitQuestion.objects.get(property="unit")

    def test_an_answer_revises_the_unit_and_the_address_that_follows(self, question):
        actions.answer(question, "26740", by=someone("registers.write.*"))
        assert says(question.record) == {"title": "Sạp", "unit": "26740", "seat": "5 X, Phường Sài Gòn"}
        assert says(question.record, EVE)["unit"] == "26737"
        assert questions("stall", by=SYSTEM) == []

    def test_only_one_of_the_candidates_is_an_answer_and_only_once(self, question):
        with pytest.raises(BadInput):
            actions.answer(question, "27664", by=SYSTEM)
        actions.answer(question, "26743", by=SYSTEM)
        with pytest.raises(Conflict):
            actions.answer(question, "26740", by=SYSTEM)

    def test_questions_are_shown_to_readers_of_the_unit_with_the_names(self, question):
        shown = questions("stall", by=someone("registers.read.*"))
        assert [each.property for each in shown] == ["seat", "unit"] or [each.property for each in shown] == [
            "unit",
            "seat",
        ]
        one = next(each for each in shown if each.property == "unit")
        assert [each.name["vi"] for each in one.choices] == ["Phường Sài Gòn", "Phường Bến Thành"]
        with pytest.raises(Forbidden):
            questions("stall", by=someone("registers.write.*"))
