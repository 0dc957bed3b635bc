from pathlib import Path

import pytest

from dothi.core import config
from dothi.core.config import ConfigError, load


@pytest.fixture
def home(tmp_path):
    return {"DOTHI_HOME": str(tmp_path)}


def test_everything_has_a_default(home):
    assert load(home).port == 8000


def test_the_environment_sets_a_value(home):
    assert load(home | {"DOTHI_PORT": "9000"}).port == 9000


def test_the_file_in_the_data_folder_sets_a_value(home, tmp_path):
    (tmp_path / "dothi.toml").write_text("port = 9001\npacks = ['a', 'b']\nsimulate = false\n")
    settings = load(home)
    assert (settings.port, settings.packs, settings.simulate) == (9001, ("a", "b"), False)


def test_the_environment_wins_over_the_file(home, tmp_path):
    (tmp_path / "dothi.toml").write_text("port = 9001\n")
    assert load(home | {"DOTHI_PORT": "9002"}).port == 9002


def test_a_file_can_be_named(home, tmp_path):
    named = tmp_path / "other.toml"
    named.write_text('language = "en"\n')
    assert load(home | {"DOTHI_CONFIG": str(named)}).language == "en"


def test_a_named_file_must_be_there(home):
    with pytest.raises(ConfigError, match="is not a file"):
        load(home | {"DOTHI_CONFIG": "/nowhere.toml"})


def test_a_file_that_is_not_toml_is_named(home, tmp_path):
    (tmp_path / "dothi.toml").write_text("port: 9001\n")
    with pytest.raises(ConfigError, match=r"dothi\.toml is not a TOML file"):
        load(home)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DOTHI_PORT", "0", "from 1 to 65535"),
        ("DOTHI_PORT", "eighty", "from 1 to 65535"),
        ("DOTHI_SIMULATE", "perhaps", "true or false"),
        ("DOTHI_CONTEXT_ACCESS", "opem", "Did you mean 'open'"),
        ("DOTHI_DATABASE_URL", "mysql://x", "begin with postgresql://"),
    ],
)
def test_a_wrong_value_is_named_with_its_fix(home, name, value, message):
    with pytest.raises(ConfigError, match=f"{name} .environment..*{message}"):
        load(home | {name: value})


def test_a_misspelt_variable_is_named_with_the_one_meant(home):
    with pytest.raises(ConfigError, match="Did you mean 'port'"):
        load(home | {"DOTHI_PROT": "1"})


def test_a_misspelt_key_in_the_file_is_named_with_the_one_meant(home, tmp_path):
    (tmp_path / "dothi.toml").write_text("languag = 'en'\n")
    with pytest.raises(ConfigError, match="Did you mean 'language'"):
        load(home)


def test_secrets_in_the_environment_are_not_settings(home):
    assert load(home | {"DOTHI_SECRET_DJANGO": "x"}).port == 8000


def test_other_programs_variables_are_not_ours(home):
    assert load(home | {"PORT": "1"}).port == 8000


@pytest.mark.parametrize(("bind", "loopback"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False)])
def test_a_bind_on_loopback_is_known(home, bind, loopback):
    assert load(home | {"DOTHI_BIND": bind}).loopback is loopback


@pytest.mark.parametrize(("bind", "granted"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_open_access_is_honoured_on_loopback_only(home, bind, granted):
    settings = load(home | {"DOTHI_BIND": bind, "DOTHI_CONTEXT_ACCESS": "open"})
    assert settings.context_open is granted


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://localhost:8000"),
        ({"DOTHI_BIND": "0.0.0.0"}, "http://localhost:8000"),
        ({"DOTHI_BIND": "fd00::1"}, "http://[fd00::1]:8000"),
        ({"DOTHI_PUBLIC_URL": "https://city.example"}, "https://city.example"),
    ],
)
def test_a_person_is_told_the_address_to_open(home, given, url):
    assert load(home | given).url == url


def test_the_data_folder_is_absolute(home, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load({"DOTHI_HOME": "data"}).home == Path(tmp_path) / "data"


def test_every_setting_says_what_it_is_for():
    assert all(setting.doc.endswith(".") for setting in config.SETTINGS)
