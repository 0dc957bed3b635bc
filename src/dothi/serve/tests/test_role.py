"""A role as a process of its own: which there are, how it refuses, and what it does not load."""

import os
import signal
import subprocess
import sys

import pytest

from dothi.core.config import ConfigError
from dothi.core.errors import BadInput, both
from dothi.serve import collecting, role, supervisor


@pytest.fixture(autouse=True)
def served(monkeypatch):
    """The roles that were run, in place of running them."""
    ran = []
    monkeypatch.setattr(collecting, "hold", lambda: None)
    monkeypatch.setattr(role, "_end_with", lambda parent: None)
    monkeypatch.setattr(supervisor, "serve_web", lambda config, *, workers: ran.append(("web", workers)))
    monkeypatch.setattr(supervisor, "serve_worker", lambda *, feeds: ran.append(("worker", feeds)))
    return ran


@pytest.mark.parametrize(("arguments", "ran"), [(["web", "3"], ("web", 3)), (["worker"], ("worker", True))])
def test_a_role_is_run(arguments, ran, served):
    assert role.main(["1", *arguments]) == 0
    assert served == [ran]


@pytest.mark.parametrize(
    "arguments",
    [[], ["1"], ["worker"], ["1", "web"], ["1", "web", "many"], ["1", "worker", "2"], ["1", "all"]],
)
def test_no_other_role_is_run(arguments, served, capsys):
    assert role.main(arguments) == 2
    assert served == []
    assert "Usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [(ConfigError("DOTHI_PORT is '80a'"), "DOTHI_PORT is '80a'"), (BadInput(both("Sai", "Wrong")), "✗")],
)
def test_a_refusal_is_a_sentence(error, said, monkeypatch, capsys):
    def refuse(*, feeds):
        raise error

    monkeypatch.setattr(supervisor, "serve_worker", refuse)
    assert role.main(["1", "worker"]) == 1
    assert said in capsys.readouterr().err


def test_a_role_ends_when_its_parent_was_gone_before_it_began(tmp_path):
    """Its parent's id is told, not looked up: an orphan's parent is somebody else."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    done = subprocess.run(
        [sys.executable, "-m", "dothi.serve.role", str(gone.pid), "worker"],
        env={**os.environ, "DOTHI_HOME": str(tmp_path)}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGTERM


# What a start waits for without using it. Whoever needs one of these imports it where it is used.
LATER = (
    "typer",
    "rich",
    "pygments",
    "pandas",
    "pyarrow",
    "duckdb",
    "pyiceberg",
    "sqlglot",
    "rdflib",
)


def loaded_by(code):
    """Which of :data:`LATER` a process of this installation has after ``code``."""
    ask = f"import sys\n{code}\nprint(*(name for name in {LATER} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    return done.stdout.split()


def test_a_role_begins_without_the_command_line():
    assert loaded_by("import dothi.serve.role, granian, dothi.serve.supervisor") == []


def test_the_log_is_loaded_without_rich_and_rich_stays_to_be_had():
    code = "from dothi.serve import role\nrole._log_without_rich()\nimport structlog"
    assert loaded_by(code) == []
    assert loaded_by(f"{code}\nimport rich") == ["rich"]


def test_the_first_page_is_shown_without_what_is_only_used_later():
    code = """
from dothi.serve import role
role._log_without_rich()
import dothi.serve.compose
from django.urls import get_resolver
get_resolver().url_patterns
"""
    assert loaded_by(code) == []
