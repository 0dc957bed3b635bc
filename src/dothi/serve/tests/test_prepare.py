"""What an installation was prepared for is remembered, and every change of it is seen."""

from dataclasses import replace
from pathlib import Path

import pytest

import dothi
from dothi.core.config import current
from dothi.serve import prepare

PACKAGE = Path(dothi.__file__).parent


@pytest.fixture
def config(tmp_path):
    (tmp_path / "city.sqlite3").touch()
    return replace(current(), home=tmp_path, database_url="")


def test_an_installation_is_ready_once_it_was_marked(config):
    assert not prepare.is_ready(config)
    prepare.mark_ready(config)
    assert prepare.is_ready(config)


def test_an_installation_without_its_database_is_not_ready(config):
    prepare.mark_ready(config)
    (config.home / "city.sqlite3").unlink()
    assert not prepare.is_ready(config)


@pytest.mark.parametrize(
    "change", [{"city": "01"}, {"packs": ("hcmc",)}, {"database_url": "postgresql://x/y"}]
)
def test_other_settings_are_prepared_for_again(config, change):
    prepare.mark_ready(config)
    assert not prepare.is_ready(replace(config, **change))


def test_an_edited_pack_of_ones_own_is_published_again(config, tmp_path):
    pack = tmp_path / "packs" / "mine" / "pack.yaml"
    pack.parent.mkdir(parents=True)
    pack.write_text("key: mine")
    mine = replace(config, pack_folder=str(tmp_path / "packs"))
    prepare.mark_ready(mine)
    assert prepare.is_ready(mine)
    pack.write_text("key: mine2")
    assert not prepare.is_ready(mine)


def test_every_migration_of_the_platform_counts():
    """A migrations folder deeper than the pattern looks would never be applied by an update."""
    there = set(PACKAGE.glob("**/migrations/*.py"))
    assert there
    assert there <= {path for pattern in prepare.MIGRATIONS for path in PACKAGE.glob(pattern)}
