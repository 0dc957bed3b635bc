import threading

import pytest

from dothi.core.secrets import secret


def test_a_secret_is_made_on_first_use(tmp_path):
    assert len(secret(tmp_path, "django")) >= 48


def test_a_secret_stays_the_same(tmp_path):
    assert secret(tmp_path, "django") == secret(tmp_path, "django")


def test_two_secrets_differ(tmp_path):
    assert secret(tmp_path, "django") != secret(tmp_path, "tickets")


def test_nobody_else_can_read_a_secret(tmp_path):
    secret(tmp_path, "django")
    assert (tmp_path / "secrets" / "django").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_others_can_read_is_refused(tmp_path):
    secret(tmp_path, "django")
    (tmp_path / "secrets" / "django").chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        secret(tmp_path, "django")


def test_the_environment_may_give_a_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DOTHI_SECRET_DJANGO", "from a vault")
    assert secret(tmp_path, "django") == "from a vault"


def test_processes_that_start_together_agree(tmp_path):
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(secret(tmp_path, "django"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
