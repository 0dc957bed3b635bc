"""After a reform of units, after a record's time, after a wrong merge: what the desk lets people do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dothi.core import clock
from dothi.kernel.directory.tests.conftest import source
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions, merging, queries, types
from dothi.kernel.registers.models import Record, UnitQuestion, Version
from dothi.kernel.registers.reform.tests.conftest import SHOP
from dothi.kernel.registers.tests.conftest import OWNER, declared

__all__ = ["source"]
UNITS = "/desk/registers/stall/units/"


@pytest.fixture
def stall(quick, source):
    """A stall in a ward that was divided, entered before the reform."""
    from dothi.kernel.directory import actions as directory

    directory.load_units(by=SYSTEM, source=source)
    types.use([declared(SHOP)])
    with clock.frozen(datetime(2025, 3, 1, tzinfo=UTC)):
        return actions.create("stall", {"title": "Sạp", "unit": "26737"}, by=SYSTEM)


class TestUnits:
    def test_a_try_writes_nothing_and_says_what_would_be_asked(self, steward, stall):
        page = steward.post(UNITS, {}).content.decode()
        assert "Sẽ thay đổi gì" in page
        assert "được chia cho nhiều đơn vị" in page
        assert (Version.objects.count(), UnitQuestion.objects.count()) == (1, 0)

    def test_a_divided_ward_is_asked_and_the_answer_revises(self, steward, stall):
        page = steward.post(UNITS, {"apply": "1"}).content.decode()
        question = UnitQuestion.objects.get()
        assert "Phường Sài Gòn" in page
        assert "Sạp" not in page
        report = b"".join(steward.get("/desk/registers/stall/units.csv")).decode()
        assert "Phường Đa Kao" in report
        answer = steward.post(UNITS, {"question": question.pk, "unit": "26740"}, follow=True)
        assert "Hồ sơ đã được cập nhật." in answer.content.decode()
        assert queries.get("stall", stall.id, by=SYSTEM).unit == "26740"

    def test_a_reader_sees_questions_and_may_not_convert(self, make, stall):
        reader = make("dung", "register-reader")
        assert "Chuyển đổi sổ này" not in reader.get(UNITS).content.decode()
        assert reader.post(UNITS, {"apply": "1"}).status_code == 403


class TestRetention:
    PAGE = "/desk/registers/owner/retention/"

    @pytest.fixture
    def due(self, an):
        basis = {"vi": "Luật", "en": "Law"}
        types.use([declared(OWNER, retention={"years": 10, "after": "ended", "basis": basis})])
        record = actions.create("owner", {"full_name": "Lê Cũ"}, by=SYSTEM, valid_from=date(1990, 1, 1))
        actions.end(record, on=date(2000, 1, 1), by=SYSTEM, reason="chết")
        return record

    def test_due_records_are_listed_without_what_they_say(self, steward, due):
        page = steward.get(self.PAGE).content.decode()
        assert str(due.id) in page
        assert "Lê Cũ" not in page

    def test_they_go_with_a_decision(self, steward, due):
        assert steward.post(self.PAGE, {"record": [str(due.id)], "decision": ""}).status_code == 400
        assert steward.post(self.PAGE, {"decision": "QĐ 1"}).status_code == 400
        page = steward.post(self.PAGE, {"record": [str(due.id)], "decision": "QĐ 1"}, follow=True)
        assert "Đã tiêu huỷ 1 hồ sơ." in page.content.decode()
        assert Record.objects.get(pk=due.pk).state == Record.DISPOSED

    def test_who_only_registers_does_not_see_it(self, registrar, due):
        assert registrar.get(self.PAGE).status_code == 403
        assert self.PAGE not in registrar.get("/desk/registers/owner/").content.decode()


class TestMerges:
    def test_a_golden_record_says_where_values_are_from_and_is_parted_again(self, steward, an):
        other = actions.create("owner", {"full_name": "Nguyễn Văn An", "note": "Hẻm 3"}, by=SYSTEM)
        done = merging.merge(an, other, by=SYSTEM, reason="một người")
        page = steward.get(f"/desk/registers/owner/{an.id}/").content.decode()
        assert f"lấy từ hồ sơ đã gộp …{str(other.id)[-6:]}" in page
        path = f"/desk/registers/owner/{an.id}/part/{done.pk}/"
        page = steward.post(path, {"reason": "hai người"}, follow=True).content.decode()
        assert "Hai hồ sơ đã được tách lại." in page
        assert Record.objects.get(pk=other.pk).state == Record.ACTIVE


class TestLists:
    def test_objects_in_a_list_are_written_one_on_a_line(self, steward, quick):
        given = {
            "f.code": "H1", "f.unit": "",
            "f.members": "079080000001; con; 01/02/2020\n079080000002; spouse",
        }  # fmt: skip
        types.reload()
        kind = types.kind("household")
        from dothi.sites.desk.reads import fields

        made = fields.fields(kind, {}, "vi")
        said = fields.changes(kind, made, given, "vi")
        assert said["members"] == [
            {"person": "079080000001", "relation": "child", "since": "2020-02-01"},
            {"person": "079080000002", "relation": "spouse"},
        ]
        again = fields.fields(kind, {"members": said["members"]}, "vi")
        [field] = [each for each in again if each.key == "members"]
        assert field.value == "079080000001; con; 01/02/2020\n079080000002; vợ hoặc chồng"

    def test_a_pair_shows_words_and_lets_one_choose_who_stays(self, steward):
        from dothi.sites.desk.reads import values

        types.reload()
        kind = types.kind("household")
        assert values.shown(kind, "members", [{"person": "0790", "relation": "child"}], "vi") == "0790 (con)"
