"""The units' outlines are drawn once for as long as the units stay as they are."""

import pytest
import shapely

from dothi.core import config
from dothi.kernel.directory import loading
from dothi.kernel.directory.snapshot import memory
from dothi.sites.operations import wards as module
from dothi.sites.operations.wards import wards


def another_start():
    """What a new process knows: nothing."""
    module._known.clear()
    memory.forget()


@pytest.fixture
def drawn(monkeypatch):
    """How often the outlines were drawn."""
    times, build = [], module._build

    def counted():
        times.append(1)
        return build()

    monkeypatch.setattr(module, "_build", counted)
    another_start()
    copy = config.current().home / "cache" / "wards"
    copy.unlink(missing_ok=True)
    yield times
    another_start()
    copy.unlink(missing_ok=True)


def test_another_start_does_not_draw_them_again(city, drawn):
    first = wards()
    another_start()
    assert wards() == first
    assert drawn == [1]


def test_units_that_changed_are_drawn_again(city, drawn):
    wards()
    loading.touch()
    another_start()
    wards()
    assert drawn == [1, 1]


def test_a_damaged_copy_is_not_shown(city, drawn):
    first = wards()
    copy = config.current().home / "cache" / "wards"
    copy.write_bytes(copy.read_bytes().replace(b"outline", b"0utline"))
    another_start()
    assert wards() == first
    assert drawn == [1, 1]


def test_another_version_of_what_draws_them_draws_again(city, drawn, monkeypatch):
    wards()
    monkeypatch.setattr(shapely, "__version__", "0")
    another_start()
    wards()
    assert drawn == [1, 1]


def test_units_without_a_revision_are_not_kept(city, drawn, monkeypatch):
    monkeypatch.setattr(module.directory, "revision", lambda: "")
    wards()
    assert not (config.current().home / "cache" / "wards").exists()
