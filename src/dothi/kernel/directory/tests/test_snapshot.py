"""A new process takes the units from a copy while nothing has changed, and never anything else."""

import pytest

from dothi.core import config
from dothi.kernel.directory import snapshot
from dothi.kernel.directory.loading import touch
from dothi.kernel.directory.models import AdministrativeUnit


class Connection:
    """The database's connection outside any transaction, where a test has one."""

    in_atomic_block = False


@pytest.fixture
def copy(loaded, monkeypatch):
    """Where the copy is."""
    monkeypatch.setattr(snapshot, "connection", Connection())
    path = config.current().home / "cache" / "units"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture
def asked(monkeypatch):
    """How often the rows were read."""
    times, rows = [], snapshot._rows

    def counted():
        times.append(1)
        return rows()

    monkeypatch.setattr(snapshot, "_rows", counted)
    return times


def test_the_copy_says_what_the_database_says(copy, asked):
    assert snapshot.read() == snapshot.read()
    assert asked == [1]


def test_changed_units_are_read_again(copy, asked):
    snapshot.read()
    AdministrativeUnit.objects.filter(code="26743").update(name_vi="Chợ Bến Thành")
    touch()
    names = {unit.name["vi"] for unit in snapshot.read().units.values()}
    assert "Chợ Bến Thành" in names
    assert asked == [1, 1]


def test_a_damaged_copy_is_read_again(copy, asked):
    right = snapshot.read()
    copy.write_bytes(copy.read_bytes()[:-1])
    assert snapshot.read() == right
    assert asked == [1, 1]


def test_units_that_changed_while_they_were_read_are_not_kept(copy, monkeypatch):
    rows = snapshot._rows

    def overtaken():
        found = rows()
        touch()
        return found

    monkeypatch.setattr(snapshot, "_rows", overtaken)
    snapshot.read()
    assert not copy.exists()


def test_what_an_open_transaction_sees_is_not_kept(loaded):
    path = config.current().home / "cache" / "units"
    path.unlink(missing_ok=True)
    assert snapshot.read().units
    assert not path.exists()


def test_units_in_order_are_in_dictionary_order(loaded):
    found = snapshot.read()
    named = [unit.name["vi"] for unit in found.ordered if unit.level == "commune" and unit.valid_to is None]
    assert named == ["Ba Đình", "Bến Thành", "Cần Giờ", "Côn Đảo", "Sài Gòn"]
