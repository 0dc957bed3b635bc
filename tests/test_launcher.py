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


class Environment:
    """An environment whose Python writes down how it is called, with everything installed."""

    def __init__(self, folder):
        self.folder, self.log = folder, folder / "calls"
        (folder / "bin").mkdir(parents=True)
        python = folder / "bin" / "python"
        python.write_text(
            f"""#!/bin/sh
printf '%s\\n' "$*" >>{self.log}
case "$*" in
*sysconfig*) echo {folder} ;;
*dothi*) echo "write=[$PYTHONDONTWRITEBYTECODE] prefix=[$PYTHONPYCACHEPREFIX]" ;;
esac
"""
        )
        python.chmod(0o755)
        base = ROOT / "requirements" / "base.txt"
        print_of = f"cksum {base} | cksum | cut -d' ' -f1"
        (folder / ".installed-base").write_text(
            subprocess.run(
                ["/bin/sh", "-c", print_of], capture_output=True, text=True, check=True
            ).stdout.strip()
        )

    def calls(self, **environ):
        """What Python is asked by one ``./dothi status``, and what the command says."""
        self.log.unlink(missing_ok=True)
        done = run("status", PATH="/usr/bin:/bin", DOTHI_VENV=str(self.folder), **environ)
        assert done.returncode == 0, done.stderr
        return self.log.read_text().splitlines(), done.stdout.strip()


@pytest.fixture
def environment(tmp_path):
    return Environment(tmp_path / "venv")


def test_a_later_start_asks_nothing_again(environment):
    first, _ = environment.calls()
    assert len(first) > 1
    assert environment.calls()[0] == ["-m dothi status"]


def test_another_interpreter_is_looked_at_again(environment):
    environment.calls()
    python = environment.folder / "bin" / "python"
    python.write_text(python.read_text() + "# another\n")
    assert len(environment.calls()[0]) > 1


def test_a_stamp_of_another_place_does_not_count(environment):
    environment.calls()
    (environment.folder / ".in-order").write_text("elsewhere")
    assert len(environment.calls()[0]) > 1


def test_an_environment_without_its_python_is_not_taken_for_complete(environment, old_python):
    environment.calls()
    (environment.folder / "bin" / "python").unlink()
    done = run("status", PATH=str(old_python), DOTHI_VENV=str(environment.folder))
    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr


def test_compiled_modules_are_kept_even_when_none_may_lie_beside_the_sources(environment):
    _, said = environment.calls(PYTHONDONTWRITEBYTECODE="1")
    assert said == f"write=[] prefix=[{environment.folder}/pycache]"


def test_a_place_for_compiled_modules_that_is_named_is_used(environment, tmp_path):
    _, said = environment.calls(PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX=str(tmp_path))
    assert said == f"write=[] prefix=[{tmp_path}]"


def test_nothing_is_said_to_python_about_compiled_modules_otherwise(environment):
    assert environment.calls()[1] == "write=[] prefix=[]"


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
