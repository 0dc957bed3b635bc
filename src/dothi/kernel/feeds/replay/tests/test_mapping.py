"""Mappings say what is wrong with them, and files are recognised by their columns."""

import pytest

from dothi.core.errors import BadInput
from dothi.kernel.feeds.replay import mapping
from dothi.kernel.packs import queries as packs

GOOD = """
key: own
label: {vi: Của tôi, en: Mine}
format: csv
match: [when, value]
provider: Me
licence: CC0
entity: {type: Device, id: "one"}
time: {column: when, zone: Asia/Ho_Chi_Minh}
attributes:
  - {column: value, key: level}
"""


def write(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    return path


def test_a_mapping_of_ones_own_is_read_from_its_file(tmp_path):
    assert mapping.named(str(write(tmp_path, GOOD))).key == "own"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (GOOD.replace("provider:", "provder:"), "provder"),
        (GOOD.replace("format: csv", "format: xls"), "xls"),
        (GOOD.replace("{column: when, zone", "{zone"), "column"),
        (GOOD + "  - {column: other, key: level}\n", "level"),
        (GOOD.replace("key: level", "key: 1level"), "key"),
        ("key: [", "mapping"),
    ],
)
def test_a_wrong_mapping_names_its_file_and_its_mistake(tmp_path, wrong, says):
    with pytest.raises(BadInput, match=r"own\.yaml") as refused:
        mapping.load(write(tmp_path, wrong))
    assert says in str(refused.value)


def test_an_unknown_mapping_is_refused_with_those_there_are():
    with pytest.raises(BadInput, match="air-quality-hcmc"):
        mapping.named("air-quality-hanoi")


@pytest.mark.parametrize("key", sorted(mapping.shipped()))
def test_a_shipped_mapping_is_recognised_by_its_columns(key):
    shipped = mapping.shipped()[key]
    assert mapping.recognise(frozenset([*shipped.match, "another"]), shipped.format) == shipped


def test_other_columns_are_not_recognised():
    assert mapping.recognise(frozenset(["a", "b"]), "csv") is None


@pytest.mark.parametrize("key", sorted(mapping.shipped()))
def test_shipped_mappings_use_units_that_fit_the_packs(key):
    shipped = mapping.shipped()[key]
    for column in shipped.attributes:
        declared = packs.attribute(shipped.entity.type, column.key)
        if declared is not None and declared.unit and column.unit:
            assert packs.valid(declared, 1, column.unit) or column.key == "atmosphericPressure"


def test_every_shipped_station_has_a_position_with_its_source():
    for shipped in mapping.shipped().values():
        if shipped.stations:
            assert shipped.stations.source
            assert all(
                each.accuracy in {"published", "approximate"} for each in shipped.stations.table.values()
            )
