"""Every word of these pages is there in Vietnamese, and what is compiled is what is written."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]


@pytest.fixture
def messages():
    spec = importlib.util.spec_from_file_location("messages_of_data", ROOT / "scripts/messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.choose("data")
    return module


def test_the_vietnamese_catalogue_is_complete_and_compiled(messages):
    assert messages.problems() == []


def test_words_of_python_and_of_templates_are_collected(messages):
    words = {message.id if isinstance(message.id, str) else message.id[0] for message in messages.collected()}
    assert {"Best match", "Newest changes"} <= words
