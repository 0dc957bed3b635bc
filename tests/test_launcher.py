"""The launcher says what is missing and how to mend it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments, **environ):
    return subprocess.run(
        ["/bin/sh", str(ROOT / "dothi"), *arguments],
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
        check=False,
    )


@pytest.fixture
def old_python(tmp_path):
    """A PATH on which the only Python is too old."""
    for tool in ("dirname", "sed", "ls", "tr", "cat", "cksum", "cut", "grep", "awk", "tail"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    for name in ("python3", "python"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def test_too_old_a_python_is_named_with_the_fix(old_python, tmp_path):
    done = run("up", PATH=str(old_python), DOTHI_VENV=str(tmp_path / "venv"))
    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr


def test_add_without_a_name_shows_its_usage():
    done = run("add", PATH="/usr/bin:/bin")
    assert done.returncode == 2
    assert "Usage: ./dothi add NAME" in done.stderr


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_the_launcher_is_valid_for_every_posix_shell(shell):
    if shutil.which(shell) is None:
        shell = "sh"
    assert subprocess.run([shell, "-n", str(ROOT / "dothi")], check=False).returncode == 0


def test_every_requirement_is_pinned_with_hashes_and_names_no_index():
    for path in (ROOT / "requirements").glob("*.txt"):
        lines = path.read_text().splitlines()
        assert not [line for line in lines if "://" in line or "index" in line], path
        pins = [line for line in lines if line and not line[0].isspace()]
        assert pins
        assert all("==" in line for line in pins), path
        assert sum("--hash=sha256:" in line for line in lines) >= len(pins)
