"""Lists and records: found, filtered, masked, read in clear for a purpose that is kept."""

from __future__ import annotations

import pytest

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions
from dothi.kernel.registers.models import Reading
from dothi.kernel.registers.tests.conftest import WARD

LIST, TREES = "/desk/registers/owner/", "/desk/registers/tree/"


def page(client, path, **query):
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_strangers_are_asked_to_sign_in(client, an):
    for path in ("/desk/registers/", LIST, f"{LIST}{an.id}/"):
        assert client.get(path).status_code == 302


def test_the_registers_are_listed_by_group(registrar):
    found = page(registrar, "/desk/registers/")
    assert "Người dân" in found
    assert "Thửa đất" in found
    assert "Đất đai và đô thị" in found


def test_someone_without_a_role_sees_open_registers_only(make, an, tree):
    nobody = make("khach")
    assert "/desk/registers/person/" not in page(nobody, "/desk/registers/")
    assert "Me tây" in page(nobody, TREES)
    assert nobody.get(LIST).status_code == 403


def test_a_list_shows_masked_names(registrar, an):
    found = page(registrar, LIST)
    assert "N. V. A." in found
    assert "Nguyễn Văn An" not in found
    assert Reading.objects.count() == 0


def test_a_list_in_clear_is_kept(registrar, an):
    assert "Nguyễn Văn An" in page(registrar, LIST, purpose="residence")
    assert Reading.objects.get().how == "list"


def test_words_find_with_a_purpose_and_without_diacritics(registrar, an):
    assert "Nguyễn Văn An" in page(registrar, LIST, q="nguyen van", purpose="residence")
    assert "Không có hồ sơ phù hợp" in page(registrar, LIST, q="tran", purpose="residence")


def test_open_words_find_without_a_purpose(registrar, tree):
    assert "T1" in page(registrar, TREES, q="me tay")


def test_conditions_filter(registrar, an):
    assert "N. V. A." in page(registrar, LIST, **{"w.sex": "male"})
    assert "N. V. A." not in page(registrar, LIST, **{"w.sex": "female"})


def test_a_condition_on_personal_data_needs_a_purpose(registrar, an):
    assert registrar.get(LIST, {"w.born": "1980-01-01"}).status_code == 403
    found = page(
        registrar, LIST, **{"w.born": "1980-01-01", "w.born.to": "1980-12-31", "purpose": "residence"}
    )
    assert "Nguyễn Văn An" in found


def test_pages_follow_a_key_not_a_number(registrar):
    for number in range(60):
        actions.create("tree", {"species": f"Cây {number:02}"}, by=SYSTEM)
    first = page(registrar, TREES)
    assert "Cây 49" in first
    assert "Cây 50" not in first
    href = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = page(registrar, TREES + href)
    assert "Cây 50" in second
    assert "Cây 49" not in second


def test_places_are_beside_the_list(registrar, tree):
    found = page(registrar, TREES)
    assert "map-config" in found
    assert "106.7" in found
    assert "map-config" not in page(registrar, LIST)


def test_a_box_filters_by_place(registrar, tree):
    assert "T1" in page(registrar, TREES, bbox="106,10,107,11")
    assert "T1" not in page(registrar, TREES, bbox="105,10,106,11")
    assert registrar.get(TREES, {"bbox": "everywhere"}).status_code == 400


def test_a_record_is_masked_until_a_purpose_is_given(registrar, an):
    path = f"{LIST}{an.id}/"
    found = page(registrar, path)
    assert "1980-••-••" in found
    assert "Nguyễn Văn An" not in found
    answer = registrar.post(path, {"purpose": "residence", "case": "H29-1"}).content.decode()
    assert "Nguyễn Văn An" in answer
    assert "31/12/1980" in answer
    assert "Illness" not in answer
    assert "ho</dd>" not in answer
    assert {each.case for each in Reading.objects.all()} == {"H29-1"}


def test_reading_in_clear_without_a_purpose_is_refused(registrar, an):
    assert registrar.post(f"{LIST}{an.id}/", {}).status_code == 400
    assert registrar.post(f"{LIST}{an.id}/", {"purpose": "curiosity"}).status_code == 400


def test_a_reader_without_the_right_is_offered_no_purpose(make, an):
    found = page(make("lan", "register-reader"), f"{LIST}{an.id}/")
    assert "Bạn không có quyền đọc rõ" in found
    assert 'name="purpose"' not in found


def test_who_read_it_is_shown_to_those_who_may_know(registrar, steward, an):
    registrar.post(f"{LIST}{an.id}/", {"purpose": "residence"})
    assert "Ai đã đọc" not in page(registrar, f"{LIST}{an.id}/")
    found = page(steward, f"{LIST}{an.id}/")
    assert "Ai đã đọc" in found
    assert "Cư trú" in found


def test_a_record_on_another_day_and_as_known(registrar, tree):
    actions.revise(tree, {"species": "Sao đen"}, valid_from=_day("2026-01-01"), by=SYSTEM, reason="thay cây")
    path = f"{TREES}{tree.id}/"
    assert "<h1" in page(registrar, path)
    assert "Sao đen (T1)" in page(registrar, path).split("<h1")[1].split("</h1>")[0]
    assert "Me tây (T1)" in page(registrar, path, valid_on="2025-01-01").split("<h1")[1].split("</h1>")[0]
    assert registrar.get(path, {"known_on": "2001-01-01"}).status_code == 404
    assert registrar.get(path, {"valid_on": "hôm qua"}).status_code == 400


def _day(text):
    from datetime import date

    return date.fromisoformat(text)


def test_links_lead_both_ways(registrar, an):
    owned = actions.create("tree", {"species": "Bàng", "planted_by": "0791"}, by=SYSTEM)
    answer = registrar.post(f"{LIST}{an.id}/", {"purpose": "residence"}).content.decode()
    assert "← Người trồng" in answer or "Bàng" not in answer
    assert str(owned.id) not in page(registrar, f"{LIST}{an.id}/")


def test_a_record_of_another_ward_is_closed(make, an):
    other = make("ha", "registrar", unit="26740")
    assert other.get(f"{LIST}{an.id}/").status_code == 403


@pytest.mark.parametrize("path", ["/desk/registers/nothing/", f"{LIST}0190a0e5-0000-7000-8000-000000000000/"])
def test_what_is_not_there_is_said(registrar, path):
    assert registrar.get(path).status_code == 404


def test_pages_are_in_english_too(make, an, tree):
    reader = make("joe", "registrar", language="en")
    assert "Base registers" in page(reader, "/desk/registers/")
    assert "Read in clear" in page(reader, f"{LIST}{an.id}/")
    assert "Owner" in page(reader, LIST)


def test_pages_are_not_kept_by_caches(registrar, an):
    assert "no-store" in registrar.get(f"{LIST}{an.id}/")["Cache-Control"]


def test_the_unit_of_a_record_is_named(registrar, an):
    assert WARD in page(registrar, f"{LIST}{an.id}/") or "Phường" in page(registrar, f"{LIST}{an.id}/")


def test_a_list_leaves_as_a_file_as_masked_as_it_is(registrar, an):
    assert "records.csv?w.sex=male" in page(registrar, LIST, **{"w.sex": "male"})
    answer = registrar.get(f"{LIST}records.csv", {"w.sex": "male"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "N. V. A." in text
    assert "Nguyễn" not in text
    assert "no-store" in answer["Cache-Control"]
    assert registrar.get(f"{LIST}records.dbf").status_code == 415
