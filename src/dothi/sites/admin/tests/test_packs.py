"""Packs: how their versions stand, what they declare, what is wrong in their folders."""

import shutil
from pathlib import Path

import pytest

from dothi.core.config import current
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.packs import actions, queries
from dothi.kernel.packs.models import PackVersion
from dothi.kernel.packs.places import builtin


def test_a_pack_not_published_yet_is_published_and_audited(office):
    assert "chưa công bố" in office.get("/admin/packs/environment/").content.decode()
    answer = office.post("/admin/packs/environment/publish/", follow=True).content.decode()
    assert "đã có hiệu lực" in answer
    assert PackVersion.objects.get(key="environment").state == PackVersion.PUBLISHED
    assert list(AuditEntry.objects.filter(action="packs.publish").values_list("subject", flat=True)) == [
        "pack:environment"
    ]


def test_a_pack_changed_without_a_new_version_is_said_to_be_refused(office):
    actions.ensure_published(by=SYSTEM)
    PackVersion.objects.filter(key="environment").update(digest="0" * 64)
    text = office.get("/admin/packs/").content.decode()
    assert "bị từ chối: sửa mà không tăng phiên bản" in text
    office.post("/admin/packs/environment/publish/")
    assert PackVersion.objects.get(key="environment").digest == "0" * 64


def test_a_pack_older_than_the_one_in_force_is_said_to_be_refused(office):
    actions.ensure_published(by=SYSTEM)
    PackVersion.objects.filter(key="environment").update(version="99.0.0")
    assert "bị từ chối: cũ hơn phiên bản đang hiệu lực" in office.get("/admin/packs/").content.decode()


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A pack of one's own with a misspelt field."""
    folder = tmp_path / "own" / "environment"
    shutil.copytree(Path(builtin()) / "environment", folder)
    text = (folder / "pack.yaml").read_text()
    (folder / "pack.yaml").write_text(text.replace("owner:", "ownr:"))
    monkeypatch.setenv("DOTHI_PACK_FOLDER", str(tmp_path / "own"))
    current.cache_clear()
    yield folder
    monkeypatch.undo()
    current.cache_clear()


def test_a_mistake_in_a_folder_is_listed_with_its_file(office, broken):
    queries.packs()
    text = office.get("/admin/packs/").content.decode()
    assert "pack.yaml:" in text
    assert "owner" in text


def test_a_mistake_that_was_mended_is_gone_at_once(office, broken):
    office.get("/admin/packs/")
    file = broken / "pack.yaml"
    file.write_text(file.read_text().replace("ownr:", "owner:"))
    assert "Không có lỗi" in office.get("/admin/packs/").content.decode()


def test_thresholds_are_shown_with_colour_shape_and_word(office):
    text = office.get("/admin/packs/types/AirQualityObserved/").content.decode()
    assert 'fill="#' in text
    assert "#shape-triangle" in text
    assert "(hình tam giác)" in text
    assert "µg/m³" in text


def test_a_range_is_shown_in_the_unit_people_read(office):
    text = office.get("/admin/packs/types/WasteContainer/").content.decode()
    assert "0 … 100" in text  # fillingLevel is declared from 0 to 1, read in percent
