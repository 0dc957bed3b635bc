"""An official description becomes a draft that loads; each part says where it is from, each doubt is left to an officer."""

import json

import pytest

from dothi.centres.services.designing import checking, describing, paths
from dothi.centres.services.designing.bodies import body_of
from dothi.centres.services.designing.tests.conftest import OFFICIAL
from dothi.centres.services.official.reading import read
from dothi.kernel.cases import definitions
from dothi.kernel.cases.engine.walking import missed, walk
from dothi.kernel.packs import queries as packs


@pytest.fixture(scope="module")
def made():
    return describing.describe(read(OFFICIAL))


def test_what_the_text_gives_is_in_the_draft(made):
    body = made.body
    assert (body["code"], body["label"]["vi"]) == ("2.009999", "Xác nhận số nhà")
    assert body["key"] == "xac-nhan-so-nha-2-009999"
    assert body["agency"] == {"level": "ward"}
    assert body["channels"] == ["counter", "web"]
    assert body["clocks"]["statutory"]["allowance"] == "5 working days"
    assert body["clocks"]["statutory"]["varies"] == 'if case.channel = "web" then "3 working days" else null'
    assert body["fees"]["items"][0]["vnd"] == {"online": 10_000, "counter": 20_000}
    assert body["documents"][0]["label"]["vi"] == "Giấy tờ về nhà đất"
    assert list(body["states"]) == [
        "submitted", "waiting", "in-review", "signing", "ready", "issued", "refused", "withdrawn"
    ]  # fmt: skip


def test_each_part_names_its_sentence(made):
    for where, said in (
        ("clocks.statutory", "5 Ngày làm việc"), ("fees", "20.000 Đồng"), ("documents[0]", "Giấy tờ về nhà đất"),
        ("states.signing", "kiểm tra"), ("basis", "08/2024/TT-BXD"),
    ):  # fmt: skip
        assert said in made.sources[where]
        assert paths.get(made.body, paths.steps(where)) is not None


def test_what_was_not_read_is_left_to_an_officer():
    given = json.loads(json.dumps(OFFICIAL))
    given["tables"]["hinh_thuc_nop"] = [{"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "10-25"}]
    made = describing.describe(read(given))
    assert "statutory" not in made.body["clocks"]  # no figure is invented
    assert "clocks" in [each["where"] for each in made.doubts]
    assert checking.examine(made.body).green


def test_several_fees_are_asked_about():
    given = json.loads(json.dumps(OFFICIAL))
    given["tables"]["hinh_thuc_nop"][0]["phi_le_phi"] = (
        "Lệ phí : 1.000 Đồng (loại A)\nPhí : 2.000 Đồng (loại B)"
    )
    assert "fees" in [each["where"] for each in describing.describe(read(given)).doubts]


def test_every_way_of_the_usual_course_leads_to_an_end(made):
    compiled = definitions.compiled_of(checking.examine(made.body).procedure)
    paths_found = list(walk(compiled))
    assert missed(compiled, paths_found) == set()
    assert {path.snapshot.state for path in paths_found if path.done} == {"issued", "refused", "withdrawn"}


def test_declarations_of_packs_are_the_same_after_the_designer():
    for declared in packs.procedures().values():
        found = checking.examine(body_of(declared))
        assert found.green
        assert found.procedure == declared


def _all(shared_data, every):
    files = sorted((shared_data / "procedures_vn").rglob("*.json"))[::every]
    for path in files:
        made = describing.describe(read(json.loads(path.read_text(encoding="utf-8"))))
        found = checking.examine(made.body)
        assert found.green, (path.name, [each.text() for each in found.problems])
        assert all(paths.get(made.body, paths.steps(each)) is not None for each in made.sources if each not in ("sector", "fees", "start.eligibility"))  # fmt: skip
    return len(files)


def test_a_sample_of_the_real_descriptions_becomes_drafts_that_load(shared_data):
    if shared_data is None:
        pytest.skip("without the optional data")
    assert _all(shared_data, 16) == 13


@pytest.mark.slow
def test_every_real_description_becomes_a_draft_that_loads(shared_data):
    if shared_data is None:
        pytest.skip("without the optional data")
    assert _all(shared_data, 1) == 207
