from datetime import date

import pytest

from dothi.core.errors import BadInput, Conflict, Forbidden, NotFound, Unauthenticated
from dothi.kernel.directory import actions, organisations, queries
from dothi.kernel.directory.models import (
    AdministrativeUnit,
    Organisation,
    OrganisationSuccession,
    UnitBoundary,
    UnitSuccession,
)
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.identity.models import AuditEntry

pytestmark = pytest.mark.django_db
SAI_GON, BEN_THANH = (106.704, 10.7805), (106.694, 10.7695)


def events():
    return list(OutboxEvent.objects.order_by("seq").values_list("type", flat=True))


def organisation(name="Sở Y tế", **given):
    return actions.create_organisation(name={"vi": name, "en": name}, kind="department", by=SYSTEM, **given)


def someone(*patterns, unit=None):
    return Actor("account", "1", "Lan", tuple(Grant(pattern, unit=unit) for pattern in patterns))


def test_loading_writes_all_units_and_what_became_of_them(loaded):
    assert (loaded.units, AdministrativeUnit.objects.count()) == (19, 19)
    assert (loaded.successions, UnitSuccession.objects.count()) == (10, 10)


def test_loading_is_told_to_others(loaded):
    assert events() == ["vn.dothi.directory.units-loaded"]


def test_loading_is_audited(loaded):
    assert AuditEntry.objects.get(action="directory.load_units").outcome == AuditEntry.DONE


def test_loading_again_writes_nothing(loaded, source):
    again = actions.load_units(by=SYSTEM, source=source)
    assert (again.unchanged, events()) == (True, ["vn.dothi.directory.units-loaded"])


def test_a_newer_source_mends_what_differs(loaded, tmp_path, write_source, new_units):
    renamed = [
        ("26740", "79", "Phường Sài Gòn Mới", *row[3:]) if row[0] == "26740" else row for row in new_units
    ]
    actions.load_units(by=SYSTEM, source=write_source(tmp_path, renamed))
    assert queries.unit("26740").name["vi"] == "Sài Gòn Mới"


def test_a_newer_source_keeps_imported_boundaries(loaded, tmp_path, write_source, new_units, boundary_file):
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    actions.load_units(by=SYSTEM, source=write_source(tmp_path, new_units[::-1]))
    assert queries.unit("26740").has_boundary


def test_a_load_that_fails_leaves_nothing(db, source, monkeypatch):
    monkeypatch.setattr(actions, "record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.load_units(by=SYSTEM, source=source)
    assert not AdministrativeUnit.objects.exists()


def test_progress_of_loading_reaches_its_end(db, source):
    told = []
    actions.load_units(
        by=SYSTEM, source=source, progress=lambda done, total, what: told.append((done, total))
    )
    assert told[-1] == (29, 29)


@pytest.mark.parametrize(("by", "error"), [(ANONYMOUS, Unauthenticated), (someone("context.*"), Forbidden)])
def test_only_who_may_can_load(db, source, by, error):
    with pytest.raises(error):
        actions.load_units(by=by, source=source)


def test_the_city_and_each_of_its_units_get_a_peoples_committee(loaded):
    assert Organisation.objects.filter(kind="people's-committee").count() == 5


def test_only_codes_that_are_known_are_given(loaded):
    coded = Organisation.objects.exclude(code_old=None, code_new=None)
    assert [(each.code_old, each.code_new) for each in coded] == [("000.00.00.H29", "H29")]


def test_a_committee_that_was_ended_is_not_made_again(loaded, source):
    Organisation.objects.filter(unit__code="26740").update(valid_to=date(2026, 1, 1))
    actions.load_units(by=SYSTEM, source=source)
    assert not Organisation.objects.filter(unit__code="26740", valid_to=None).exists()


def test_boundaries_are_matched_by_code(loaded, boundary_file):
    report = actions.import_boundaries(boundary_file(u26740=SAI_GON, u26743=BEN_THANH), by=SYSTEM)
    assert (report.matched, report.total, report.errors) == (2, 2, ())


def test_an_import_says_which_units_have_no_boundary_yet(loaded, boundary_file):
    report = actions.import_boundaries(boundary_file(u26740=SAI_GON, u26743=BEN_THANH), by=SYSTEM)
    assert report.missing == ("26732", "27664")


def test_good_boundaries_are_kept_beside_unknown_codes(loaded, boundary_file):
    report = actions.import_boundaries(boundary_file(u26740=SAI_GON, u99999=BEN_THANH), by=SYSTEM)
    assert (report.matched, len(report.errors), UnitBoundary.objects.count()) == (1, 1, 1)


def test_an_abolished_unit_takes_no_boundary(loaded, boundary_file):
    report = actions.import_boundaries(boundary_file(u26737=SAI_GON), by=SYSTEM)
    assert report.matched == 0


def test_a_boundary_can_be_imported_again(loaded, boundary_file):
    actions.import_boundaries(boundary_file(u26740=(106.8, 10.9)), by=SYSTEM)
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    assert not queries.unit_at(*SAI_GON).approximate


def test_an_import_without_any_good_feature_changes_nothing(loaded, boundary_file):
    actions.import_boundaries(boundary_file(u99999=SAI_GON), by=SYSTEM)
    assert "vn.dothi.directory.boundaries-imported" not in events()


def test_an_import_is_told_to_others(loaded, boundary_file):
    actions.import_boundaries(boundary_file(u26740=SAI_GON), by=SYSTEM)
    told = OutboxEvent.objects.get(type="vn.dothi.directory.boundaries-imported")
    assert "26740" in str(told.data)


def test_who_may_only_in_one_ward_cannot_import_boundaries(loaded, boundary_file):
    with pytest.raises(Forbidden):
        actions.import_boundaries(boundary_file(u26740=SAI_GON), by=someone("directory.*", unit="26740"))


def test_an_organisation_is_found_by_its_code(loaded):
    made = organisation(code_old="000.00.12.H29", code_new="H29.12", unit="79")
    assert organisations.get("H29.12").id == made.pk == organisations.get("000.00.12.H29").id


def test_two_organisations_of_today_cannot_share_a_code(loaded):
    organisation(code_new="H29.12")
    with pytest.raises(BadInput, match="Another organisation has the code"):
        organisation("Sở Nội vụ", code_new="H29.12")


def test_an_organisation_belongs_to_a_unit_that_exists(loaded):
    with pytest.raises(BadInput, match="There is no unit 26737"):
        organisation(unit="26737")


def test_the_parent_of_an_organisation_must_exist(loaded):
    with pytest.raises(NotFound):
        organisation(parent="00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize(("unit", "refused"), [("26740", False), ("26743", True)])
def test_rights_in_a_ward_hold_for_its_organisations_only(loaded, unit, refused):
    officer = someone("directory.organisations", unit="26740")
    try:
        actions.create_organisation(name={"vi": "Trạm y tế"}, kind="station", unit=unit, by=officer)
    except Forbidden:
        assert refused
    else:
        assert not refused


def test_rights_in_the_city_hold_in_its_wards(loaded):
    officer = someone("directory.organisations", unit="79")
    assert actions.create_organisation(name={"vi": "Trạm y tế"}, kind="station", unit="26740", by=officer)


def test_a_renamed_organisation_keeps_its_codes_and_its_past(loaded):
    old = organisation(code_new="H29.12", valid_from=date(2020, 1, 1))
    renamed = actions.rename_organisation(old, name={"vi": "Sở Sức khỏe"}, by=SYSTEM, on=date(2026, 1, 1))
    assert (renamed.code_new, organisations.get(old.pk).valid_to) == ("H29.12", date(2026, 1, 1))


def test_what_was_below_a_renamed_organisation_is_below_the_new_one(loaded):
    old = organisation(valid_from=date(2020, 1, 1))
    below = organisation("Bệnh viện Chợ Rẫy", parent=old.pk)
    renamed = actions.rename_organisation(old, name={"vi": "Sở Sức khỏe"}, by=SYSTEM, on=date(2026, 1, 1))
    assert organisations.get(below.pk).parent == renamed.pk


def test_an_organisation_of_the_past_cannot_be_renamed(loaded):
    old = organisation(valid_from=date(2020, 1, 1))
    actions.rename_organisation(old, name={"vi": "Sở Sức khỏe"}, by=SYSTEM, on=date(2026, 1, 1))
    with pytest.raises(Conflict, match="ended already"):
        actions.rename_organisation(old, name={"vi": "Sở Khác"}, by=SYSTEM, on=date(2026, 2, 1))


def merged():
    transport = organisation("Sở Giao thông vận tải", valid_from=date(2020, 1, 1))
    building = organisation("Sở Xây dựng", valid_from=date(2020, 1, 1))
    into = actions.merge_organisations([transport], into=building, by=SYSTEM, on=date(2025, 3, 1))
    return transport, into


def test_a_merged_organisation_is_carried_on_by_the_other(loaded):
    transport, into = merged()
    assert organisations.successor(transport.pk).id == into.pk


def test_who_carries_on_is_found_over_several_steps(loaded):
    transport, into = merged()
    last = actions.rename_organisation(into, name={"vi": "Sở Hạ tầng"}, by=SYSTEM, on=date(2026, 1, 1))
    assert organisations.successor(transport.pk).id == last.pk


def test_organisations_can_merge_into_a_new_one(loaded):
    parts = [organisation(name, valid_from=date(2020, 1, 1)) for name in ("Sở A", "Sở B")]
    new = Organisation(name_vi="Sở C", name_en="C", kind="department")
    actions.merge_organisations(parts, into=new, by=SYSTEM, on=date(2026, 1, 1))
    assert OrganisationSuccession.objects.filter(new=new, kind="merge").count() == 2


def test_an_organisation_cannot_merge_into_itself(loaded):
    one = organisation()
    with pytest.raises(BadInput, match="At least one other"):
        actions.merge_organisations([one], into=one, by=SYSTEM)


def test_merging_needs_rights_over_every_part(loaded):
    mine = organisation(unit="26740", valid_from=date(2020, 1, 1))
    theirs = organisation("Khác", unit="26743", valid_from=date(2020, 1, 1))
    with pytest.raises(Forbidden):
        actions.merge_organisations([theirs], into=mine, by=someone("directory.*", unit="26740"))


def test_every_change_of_an_organisation_is_told_to_others(loaded):
    _, into = merged()
    actions.rename_organisation(into, name={"vi": "Sở Hạ tầng"}, by=SYSTEM, on=date(2026, 1, 1))
    told = [each.removeprefix("vn.dothi.directory.") for each in events()]
    assert told[1:] == [
        "organisation-created",
        "organisation-created",
        "organisations-merged",
        "organisation-renamed",
    ]


def test_organisations_are_found_without_diacritics(loaded):
    organisation("Sở Giáo dục và Đào tạo")
    assert [each.label() for each in organisations.find(q="giao duc dao tao")] == ["Sở Giáo dục và Đào tạo"]


def test_organisations_of_a_unit_are_found(loaded):
    (found,) = organisations.find(unit="26740", kind="people's-committee")
    assert found.label() == "Ủy ban nhân dân phường Sài Gòn"


def test_organisations_of_another_day_are_found(loaded):
    old = organisation(valid_from=date(2020, 1, 1))
    actions.rename_organisation(old, name={"vi": "Sở Sức khỏe"}, by=SYSTEM, on=date(2026, 1, 1))
    found = organisations.find(kind="department", at=date(2025, 12, 31))
    assert [each.label() for each in found] == ["Sở Y tế"]
