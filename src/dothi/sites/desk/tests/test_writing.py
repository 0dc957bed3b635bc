"""Forms made from the schema: entered, revised, corrected, ended; faults beside their fields."""

from __future__ import annotations

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import queries
from dothi.kernel.registers.models import Record, Version

NEW, TREES = "/desk/registers/tree/new/", "/desk/registers/tree/"


def seen(record):
    return queries.get(record.type, record.id, by=SYSTEM)


def test_a_record_is_entered(registrar):
    given = {"f.species": "Sao đen", "f.place": "10,77", "f.place.lon": "106.7", "valid_from": "2026-01-01"}
    answer = registrar.post(NEW, given)
    record = Record.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{TREES}{record.id}/"
    assert seen(record).data == {
        "species": "Sao đen",
        "place": {"type": "Point", "coordinates": [106.7, 10.77]},
    }
    assert seen(record).valid_from.isoformat() == "2026-01-01"


def test_faults_are_summed_up_and_stand_beside_their_fields(registrar):
    answer = registrar.post("/desk/registers/owner/new/", {"f.card": "x", "f.height": "cao"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'role="alert"' in page
    assert 'href="#f-card"' in page
    assert 'aria-describedby="p-card"' in page
    assert 'value="x"' in page
    assert "Họ tên: thiếu giá trị." in page


def test_a_revision_says_from_when_and_why(registrar, tree):
    path = f"{TREES}{tree.id}/revise/"
    assert (
        registrar.post(
            path, {"f.species": "Bàng", "f.plate": "T1", "f.place": "10.77", "f.place.lon": "106.7"}
        ).status_code
        == 400
    )
    given = {
        "f.species": "Bàng",
        "f.plate": "T1",
        "f.place": "10.77",
        "f.place.lon": "106.7",
        "valid_from": "2026-02-01",
        "reason": "trồng lại",
    }
    assert registrar.post(path, given).status_code == 302
    assert seen(tree).data["species"] == "Bàng"
    assert Version.objects.latest("seq").reason == "trồng lại"


def test_a_correction_takes_away_what_was_emptied(registrar, tree):
    given = {
        "f.species": "Me tây",
        "f.plate": "",
        "f.place": "10.77",
        "f.place.lon": "106.7",
        "reason": "ghi nhầm",
    }
    assert registrar.post(f"{TREES}{tree.id}/correct/", given).status_code == 302
    assert "plate" not in seen(tree).data


def test_nothing_changed_is_said(registrar, tree):
    given = {
        "f.species": "Me tây",
        "f.plate": "T1",
        "f.place": "10.77",
        "f.place.lon": "106.7",
        "reason": "x",
    }
    assert "Chưa có gì thay đổi" in registrar.post(f"{TREES}{tree.id}/correct/", given).content.decode()


def test_masked_properties_are_not_in_the_form_and_stay(registrar, an):
    path = f"/desk/registers/owner/{an.id}/correct/"
    page = registrar.get(path).content.decode()
    assert 'name="f.full_name"' not in page
    assert 'name="f.illness"' not in page
    given = {"f.sex": "female", "f.unit": "26734", "reason": "ghi nhầm"}
    assert registrar.post(path, given).status_code == 302
    said = queries.get("owner", an.id, by=SYSTEM, purpose="health").data
    assert (said["full_name"], said["illness"], said["sex"]) == ("Nguyễn Văn An", "ho", "female")


def test_with_a_purpose_personal_properties_can_be_corrected(registrar, an):
    path = f"/desk/registers/owner/{an.id}/correct/"
    page = registrar.get(path, {"purpose": "residence"}).content.decode()
    assert 'value="Nguyễn Văn An"' in page
    given = {
        "purpose": "residence",
        "f.full_name": "Nguyễn Văn Ân",
        "f.card": "0791",
        "f.born": "1980-12-31",
        "f.sex": "male",
        "f.unit": "26734",
        "reason": "sai dấu",
    }
    assert registrar.post(path, given).status_code == 302
    assert queries.get("owner", an.id, by=SYSTEM, purpose="residence").data["full_name"] == "Nguyễn Văn Ân"


def test_a_record_is_ended(registrar, tree):
    path = f"{TREES}{tree.id}/end/"
    assert registrar.get(path).status_code == 200
    assert registrar.post(path, {"valid_from": "2026-03-01", "reason": ""}).status_code == 400
    assert registrar.post(path, {"valid_from": "2026-03-01", "reason": "đổ vì bão"}).status_code == 302
    tree.refresh_from_db()
    assert tree.state == "ended"


def test_a_reader_writes_nothing(make, tree):
    reader = make("lan", "register-reader")
    for path in (NEW, f"{TREES}{tree.id}/revise/", f"{TREES}{tree.id}/correct/", f"{TREES}{tree.id}/end/"):
        assert reader.get(path).status_code == 403
        assert reader.post(path, {"f.species": "x"}).status_code == 403
    assert (
        "Cập nhật"
        not in reader.get(f"{TREES}{tree.id}/").content.decode().split("<main")[1].split("</main>")[0]
    )


def test_every_declared_type_has_a_form_in_both_languages(make):
    from dothi.kernel.registers.types import kinds

    for language in ("vi", "en"):
        clerk = make(language, "register-steward", language=language)
        for key, kind in kinds().items():
            page = clerk.get(f"/desk/registers/{key}/new/").content.decode()
            assert all(f'name="f.{each}"' in page for each in kind.properties)
            assert clerk.get(f"/desk/registers/{key}/").status_code == 200
