"""A small pack that is right in everything, for tests to spoil."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dothi.core import config
from dothi.kernel.packs import queries

PACK = """\
key: demo
version: 1.2.3
label: {vi: Thử nghiệm, en: Demo}
owner: Somebody
quality: bronze
"""
AIR = """\
key: AirQualityObserved
iri: https://smartdatamodels.org/dataModel.Environment/AirQualityObserved
label: {vi: Không khí, en: Air}
plural: {vi: Các điểm đo, en: Stations}
model: {subject: dataModel.Environment, context: https://example.org/c.jsonld, source: https://example.org}
icon: windmill
access: open
stale_after: 3 hours
headline: pm25
attributes:
  - key: pm25
    label: {vi: Bụi mịn, en: Fine dust}
    unit: GQ
    range: {min: 0, max: 1000}
    thresholds_source: {vi: Quy ước nội bộ., en: House rule.}
    thresholds:
      - {level: normal, label: {vi: Tốt, en: Good}, colour: "#8A989B", from: 0, below: 25}
      - {level: warn, label: {vi: Kém, en: Poor}, colour: "#E69F00", shape: diamond, from: 25, below: 80}
      - {level: alert, label: {vi: Xấu, en: Bad}, colour: "#D55E00", shape: triangle, from: 80}
  - key: airQualityLevel
    label: {vi: Mức, en: Level}
    value: text
    choices:
      - {value: good, label: {vi: Tốt, en: Good}}
      - {value: bad, label: {vi: Xấu, en: Bad}, level: alert}
"""
MODEL = """\
type: AirQualityObserved
iri: https://smartdatamodels.org/dataModel.Environment/AirQualityObserved
subject: dataModel.Environment
version: 0.1.4
source: https://example.org
context: https://example.org/c.jsonld
attributes:
  - {key: pm25, iri: https://smartdatamodels.org/dataModel.Environment/pm25, value: number}
  - key: airQualityLevel
    iri: https://smartdatamodels.org/dataModel.Environment/airQualityLevel
    value: text
"""
CODES = """\
key: kinds
label: {vi: Loại, en: Kinds}
source: House rule.
codes:
  - {value: big, label: {vi: Lớn, en: Big}}
  - {value: small, parent: big, label: {vi: Nhỏ, en: Small}}
"""
SAMPLE = """\
{"id": "urn:ngsi-ld:AirQualityObserved:1", "type": "AirQualityObserved",
 "pm25": {"type": "Property", "value": 30, "unitCode": "GQ"}, "airQualityLevel": "good",
 "provenance": "simulated"}
"""
FILES = {
    "pack.yaml": PACK,
    "entities/AirQualityObserved.yaml": AIR.replace(
        "  - key: airQualityLevel",
        "  - {key: provenance, label: {vi: Gốc, en: Provenance}, value: text, extension: Always.}\n"
        "  - key: airQualityLevel",
    ),
    "models/AirQualityObserved.yaml": MODEL,
    "vocab/kinds.yaml": CODES,
    "samples/AirQualityObserved.json": SAMPLE,
}
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the pack (as folder ``name``), with some files replaced; a file replaced by None is left out."""

    def write(name: str = "demo", **replaced: str | None) -> Path:
        folder = tmp_path / name
        for path, text in (FILES | {key.replace("__", "/"): text for key, text in replaced.items()}).items():
            if text is not None:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set the settings of packs for one test."""

    def choose(packs: str, pack_folder: Path | None = None) -> None:
        monkeypatch.setenv("DOTHI_PACKS", packs)
        monkeypatch.setenv("DOTHI_PACK_FOLDER", str(pack_folder or ""))
        config.current.cache_clear()
        queries.reload()

    yield choose
    monkeypatch.undo()
    config.current.cache_clear()
    queries.reload()
