"""How commands speak, and what they do not load before they have something to say."""

import json
import os
import subprocess
import sys

import pytest
import typer

from dothi.cli import console


def test_what_is_said_goes_to_standard_error_and_data_to_standard_output(capsys):
    console.say("Working")
    console.emit({"ward": "Sài Gòn"})
    said = capsys.readouterr()
    assert said.err == "Working\n"
    assert json.loads(said.out) == {"ward": "Sài Gòn"}


def test_a_failure_says_why_and_carries_its_code(capsys):
    with pytest.raises(typer.Exit) as ended:
        console.fail("The disk is full", 3)
    assert ended.value.exit_code == 3
    assert "✗ The disk is full" in capsys.readouterr().err


def test_a_table_has_its_headings_and_rows(capsys):
    shown = console.table("Setting", "Value")
    shown.add_row("DOTHI_PORT", "8000")
    console.out().print(shown)
    said = capsys.readouterr().out
    assert "Setting" in said
    assert "DOTHI_PORT" in said


def test_progress_without_a_terminal_is_one_line(capsys):
    with console.progress("Loading") as advance:
        advance(1, 2, "units")
        advance(2, 2)
    assert capsys.readouterr().err == "Loading …\n"


def test_the_commands_are_known_before_anything_is_drawn():
    code = "import sys, dothi.cli.app; print(*(n for n in ('rich', 'django', 'structlog', 'http') if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert done.stdout.split() == []
