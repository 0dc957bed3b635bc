"""What a letter shows, whatever the facts contain, and what its signature is worth."""

import importlib.util
import io
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from dothi.core.clock import HCMC
from dothi.core.errors import BadInput
from dothi.kernel.letters import filling
from dothi.kernel.letters.composing import Letter
from dothi.kernel.letters.pdf import render
from dothi.kernel.letters.signing import keys, pades

ROOT = Path(__file__).resolve().parents[5]
AT = datetime(2026, 11, 20, 9, 5, tzinfo=HCMC)  # the zone that letters are dated in
RECEIPT = Letter(
    title="Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    body="Của: **{{ name }}**\n\n- Lệ phí: {{ fee|money }} ({{ fee|words }})\n- Hẹn trả: {{ due|date }}\n\n"
    "| Giấy tờ | Số bản |\n|---|---:|\n| {{ paper }} | 1 |",
    facts={"name": "Nguyễn Thị Ánh Tuyết", "fee": 75_000, "due": "2026-11-26", "paper": "Giấy chứng sinh"},
    agency="Uỷ ban nhân dân Phường Tân Thuận",
    above="Uỷ ban nhân dân Thành phố Hồ Chí Minh",
    number="31/GTN",
    place="Tân Thuận",
    at=AT,
    signer_title="Người tiếp nhận",
    signer="Trần Văn Bình",
    to=("Như trên",),
    code="H29.44.12-261119-0031",
    link="http://localhost:8000/c/verify/x",
    notes=("Chữ ký thử nghiệm",),
)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_letter_shows_its_facts_as_people_read_them():
    said = text_of(render(RECEIPT))
    for words in (
        "Nguyễn Thị Ánh Tuyết", "75.000", "Bảy mươi lăm nghìn đồng", "26/11/2026", "Giấy chứng sinh", "Số: 31/GTN",
        "ngày 20 tháng 11 năm 2026", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Trần Văn Bình", "H29.44.12-261119-0031",
        "Chữ ký thử nghiệm",
    ):  # fmt: skip
        assert words in said


def test_the_same_letter_is_the_same_file():
    assert render(RECEIPT) == render(RECEIPT)


def test_a_letter_is_tagged_and_made_to_be_kept():
    root = PdfReader(io.BytesIO(render(RECEIPT))).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfaid" in root["/Metadata"].get_data()
    assert root["/Lang"] == "vi"


def test_a_letter_in_english_has_the_english_heading():
    said = text_of(
        render(Letter(title="Receipt", body="Fee: {{ fee|money }}", facts={"fee": 75_000}, language="en"))
    )
    assert "SOCIALIST REPUBLIC OF VIET NAM" in said
    assert "75,000" in said


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60))
def test_whatever_a_fact_contains_is_text(value):
    render(
        Letter(
            title="{{ v }}",
            body="x {{ v }} **{{ v }}**\n\n| {{ v }} |\n|---|\n| {{ v }} |",
            facts={"v": value},
        )
    )


@pytest.mark.parametrize(
    "value", ['#read("/etc/passwd")', "*đậm* _nghiêng_ $x$ `y`", '"] #panic("x") #["', "\\", "{{ v }}"]
)
def test_a_fact_is_never_a_command(value):
    assert text_of(render(Letter(title="T", body="{{ v }}", facts={"v": value}, at=AT))).count(value) == 1


def test_what_is_missing_is_a_dotted_line():
    assert filling.fill("Ông {{ name }}, {{ a.b }}", {}) == f"Ông {filling.MISSING}, {filling.MISSING}"


def test_values_are_written_in_the_language_of_the_letter():
    facts = {"day": "2026-11-26", "yes": True, "all": ["a", "b"], "a": {"b": 3}, "n": 1234.5}
    assert (
        filling.fill("{{ day|date }} {{ yes }} {{ all }} {{ a.b }} {{ n|number }}", facts)
        == "26/11/2026 có a, b 3 1.234,5"
    )
    assert filling.fill("{{ day|date }} {{ yes }} {{ n|number }}", facts, "en") == "26 Nov 2026 yes 1,234.5"


def test_wrong_placeholders_are_named():
    told = filling.problems("{{ nmae }} {{ name|dat }} {{ Name }} {{ name }}", ["name"])
    assert len(told) == 3


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def signed(home):
    signing = keys.signing_for(home, "tan-thuan", "UBND Phường Tân Thuận")
    assert signing.test
    return pades.sign(render(RECEIPT), signing, reason="Tiếp nhận hồ sơ")


def test_a_signature_says_who_and_that_it_is_a_test(home, signed):
    [found] = pades.check(signed, roots=keys.roots(home))
    assert found.intact
    assert found.whole
    assert found.trusted
    assert found.test
    assert "UBND Phường Tân Thuận" in found.signer


def test_a_signature_of_another_authority_is_not_trusted(signed, tmp_path):
    [found] = pades.check(signed, roots=keys.roots(tmp_path))
    assert found.intact
    assert not found.trusted


def test_what_is_changed_or_added_after_signing_is_seen(home, signed):
    changed = bytearray(signed)
    changed[changed.find(b"stream") + 40] ^= 1
    assert not pades.check(bytes(changed), roots=keys.roots(home))[0].intact
    assert not pades.check(signed + b"\n%added", roots=keys.roots(home))[0].whole


def test_what_is_no_pdf_is_refused():
    with pytest.raises(BadInput):
        pades.check(b"not a pdf")


def test_keys_are_for_their_owner_only_and_made_once(home, signed):
    files = list((home / "keys").rglob("*.p12"))
    assert len(files) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_a_key_others_can_read_or_that_does_not_open_is_named(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "a.p12").write_bytes(b"x")
    (folder / "a.p12").chmod(0o644)
    (folder / "b.p12").write_bytes(b"x")
    (folder / "b.p12").chmod(0o600)
    assert [name for name, _ in keys.problems(tmp_path)] == ["a.p12", "b.p12"]


def test_the_fonts_are_those_of_the_manifest():
    spec = importlib.util.spec_from_file_location("letter_fonts", ROOT / "scripts" / "letter_fonts.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    import json

    assert json.loads((script.TARGET / "manifest.json").read_text())["files"] == script.digests()
