"""Every word of the sites is there in Vietnamese, and what is compiled is what is written."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts/messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_vietnamese_catalogue_is_complete_and_compiled(messages):
    assert messages.problems() == []


def test_words_of_python_and_of_templates_are_collected(messages):
    words = {str(message.id) for message in messages.collected()}
    assert {"Cameras reporting", "City pulse"} <= words
