"""The script that follows the published models changes only what it owns (on a small package of our own)."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dothi.kernel.packs import places
from dothi.kernel.packs.loader import check

SCRIPT = places.builtin().parents[2] / "scripts" / "smart_data_models.py"
ENVIRONMENT = "dataModel.Environment"


def row(key: str, kind: str, **more: object) -> dict[str, object]:
    iri = f"https://smartdatamodels.org/{ENVIRONMENT}/{key}"
    base = {"repoName": ENVIRONMENT, "dataModel": "AirQualityObserved", "property": key, "context": iri}
    return base | {"type": kind, "typeNGSI": "Property"} | more


ROWS = [
    row("pm25", "number", description="Particulate\n  matter", units="µg/m3"),
    row("no", "number"),
    row("airQualityLevel", "string", enum=["good", "bad"]),
    row("dateObserved", "string", format="date-time"),
    row("location", "object", typeNGSI="GeoProperty", context="https://uri.etsi.org/ngsi-ld/location"),
    row("streetAddress", "string", parentId="address"),
    row("id", "string", context="@id"),
]
ABOUT = [
    {"subject": ENVIRONMENT, "dataModel": "AirQualityObserved", "version": "0.1.4",
     "required": ["id", "pm25"], "description": "Air", "@context": "https://example.org/context.jsonld"},
    {"subject": ENVIRONMENT, "dataModel": "MosquitoDensity", "version": "0.0.1", "required": [],
     "description": "", "@context": "https://example.org/context.jsonld"},
]  # fmt: skip


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, reading a package of two models."""
    assets = tmp_path / "assets"
    assets.mkdir()
    with gzip.open(assets / "smartdatamodels.json.gz", "wt") as file:
        json.dump(ROWS, file)
    (assets / "datamodels_metadata.json").write_text(json.dumps(ABOUT), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("smart_data_models", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "assets", lambda: assets)
    monkeypatch.setattr(module, "package_version", lambda: "0.0")
    return module


@pytest.fixture
def pack(make) -> Path:
    return make(**{"models__AirQualityObserved.yaml": None})


@pytest.mark.skipif(not SCRIPT.is_file(), reason="installed without the scripts")
class TestScript:
    """Each test runs the script on a pack that has no models yet."""

    def test_what_it_writes_is_a_right_pack(self, script, pack) -> None:
        assert script.main([str(pack)]) == 0
        assert check([pack]) == []

    def test_it_leaves_alone_what_people_wrote(self, script, pack) -> None:
        curated = [*pack.glob("entities/*"), *pack.glob("vocab/*"), pack / "pack.yaml"]
        before = {path: path.read_bytes() for path in curated}
        script.main([str(pack)])
        assert {path: path.read_bytes() for path in curated} == before

    def test_a_second_run_changes_nothing(self, script, pack) -> None:
        script.main([str(pack)])
        assert script.changes(pack) == {}

    def test_checking_writes_nothing_and_fails(self, script, pack) -> None:
        assert script.main(["--check", str(pack)]) == 1
        assert not (pack / "models").exists()

    def test_a_model_no_longer_used_is_removed(self, script, pack) -> None:
        script.main([str(pack)])
        (pack / "models" / "Old.yaml").write_text(
            "# Written by scripts/smart_data_models.py\ntype: Old\n", encoding="utf-8"
        )
        script.main([str(pack)])
        assert not (pack / "models" / "Old.yaml").exists()

    def test_a_model_somebody_wrote_is_kept(self, script, pack) -> None:
        own = pack / "models" / "Own.yaml"
        own.parent.mkdir()
        own.write_text("type: Own\n", encoding="utf-8")
        script.main([str(pack)])
        assert own.exists()

    def test_names_kinds_units_and_choices_are_taken_over(self, script) -> None:
        attributes = {
            each["key"]: each for each in script.model(ENVIRONMENT, "AirQualityObserved")["attributes"]
        }
        assert attributes.keys() == {"pm25", "no", "airQualityLevel", "dateObserved", "location"}
        assert (attributes["pm25"]["units"], attributes["pm25"]["description"]) == (
            "µg/m3",
            "Particulate matter",
        )
        assert attributes["airQualityLevel"]["choices"] == ["good", "bad"]
        assert (attributes["dateObserved"]["value"], attributes["location"]["kind"]) == ("datetime", "geo")

    def test_a_context_has_all_types_and_inner_names_of_the_subject(self, script) -> None:
        terms = script.context(ENVIRONMENT)["terms"]
        assert {"MosquitoDensity", "AirQualityObserved", "streetAddress"} <= terms.keys()
        assert "id" not in terms

    def test_a_new_type_begins_with_labels_to_write(self, script, pack) -> None:
        (pack / "entities" / "AirQualityObserved.yaml").unlink()
        script.main(["--new", "AirQualityObserved", ENVIRONMENT, str(pack)])
        assert {problem.code for problem in check([pack])} == {"empty-label"}

    def test_a_type_that_is_there_is_not_begun_again(self, script, pack) -> None:
        with pytest.raises(SystemExit, match="there already"):
            script.main(["--new", "AirQualityObserved", ENVIRONMENT, str(pack)])

    def test_a_type_nobody_publishes_is_named(self, script, pack) -> None:
        with pytest.raises(SystemExit, match="publishes no Spaceship"):
            script.main(["--new", "Spaceship", ENVIRONMENT, str(pack)])

    def test_without_the_package_it_says_how_to_get_it(self, monkeypatch) -> None:
        spec = importlib.util.spec_from_file_location("smart_data_models", SCRIPT)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setattr(module, "find_spec", lambda _: None)
        with pytest.raises(SystemExit, match="dothi add models"):
            module.assets()
        sys.modules.pop("smart_data_models", None)
