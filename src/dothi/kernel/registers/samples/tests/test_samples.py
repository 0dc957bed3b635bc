"""Generated records fit every declared type, are the same for the same seed, and say that they are generated."""

from __future__ import annotations

from random import Random

import pytest

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs import queries as packs
from dothi.kernel.registers import queries, types
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.samples.actions import records, simulate
from dothi.kernel.registers.samples.making import matching

TYPES = list(packs.record_types())


@pytest.mark.django_db
@pytest.mark.parametrize("type", TYPES)
def test_every_declared_type_has_samples_that_fit(type):
    kind = types.kind(type)
    for data in records(type, 40):
        assert kind.faults(kind.clean(data)) == []
        assert set(kind.declared.schema["required"]) <= data.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("type", TYPES)
def test_no_identifier_is_made_twice(type):
    kind = types.kind(type)
    made = list(records(type, 200))
    for carrier in kind.carriers:
        values = [data[carrier.property] for data in made if carrier.property in data]
        assert len(set(values)) == len(values)


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_records():
    assert list(records("parcel", 20, 7)) == list(records("parcel", 20, 7))
    assert list(records("parcel", 20, 7)) != list(records("parcel", 20, 8))


@pytest.mark.django_db
def test_samples_are_kept_and_marked():
    report = simulate("street", 30, by=SYSTEM)
    assert (report.created, report.failed) == (30, 0)
    record = Record.objects.filter(type="street").first()
    assert record.simulated
    assert queries.history("street", record.id, by=SYSTEM).entries[0].source == "simulated"


@pytest.mark.django_db
def test_made_again_they_are_left_as_they_are():
    simulate("street", 10, by=SYSTEM)
    again = simulate("street", 10, by=SYSTEM)
    assert (again.created, again.unchanged) == (0, 10)


@pytest.mark.django_db
def test_personal_numbers_are_of_no_person():
    assert all(data["personal_id"].startswith("000") for data in records("person", 50))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^[0-9]{12}$", "000000000042"),
        ("^([0-9]{9}|[0-9]{12})$", "000000042"),
        ("^[0-9]{10}(-?[0-9]{3})?$", "0000000042"),
        ("^[0-9]{2,5}$", "00042"),
        (r"^V\d{3}$", "V042"),
    ],
)
def test_texts_match_their_pattern_and_carry_the_number(pattern, text):
    assert matching(pattern, Random(1), 42) == text


def test_letters_of_a_class_are_chosen():
    assert matching("^[A-C]{2}$", Random(1)).strip("ABC") == ""


@pytest.mark.django_db
def test_links_lead_to_simulated_records_that_are_there():
    simulate("person", 20, by=SYSTEM)
    simulate("household", 10, by=SYSTEM)
    household = Record.objects.filter(type="household", links__property="members").first()
    found = queries.links("household", household.id, by=SYSTEM, purpose="residence")
    assert any(each.property == "members" and each.id is not None for each in found)
    assert list(records("household", 5)) == list(records("household", 5))
