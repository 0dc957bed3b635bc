"""What the composed process tells the live city about its readers."""

import subprocess
import sys

import pytest

from dothi.engines import registry
from dothi.kernel.events.models import ConsumerOffset
from dothi.serve.wiring import _consumed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("positions", "kept_from"),
    [
        ((), None),
        (("",), "0000000000000000-000000000000"),
        (("0000000000000000-0000000000aa", "0000000000000000-000000000002"), "0000000000000000-000000000002"),
    ],
)
def test_changes_are_kept_until_the_slowest_consumer_has_read_them(positions, kept_from):
    for number, position in enumerate(positions):
        ConsumerOffset.objects.create(name=f"reader-{number}", log="context", position=position)
    assert _consumed() == kept_from


def test_the_lake_and_the_query_engine_are_opened_at_their_first_use():
    opened = []

    class Engine:
        def close(self):
            opened.append("closed")

    def opener():
        opened.append("opened")
        return Engine()

    later = registry._Later(opener)
    assert opened == []
    assert later.get() is later.get()
    later.close()
    later.close()
    assert opened == ["opened", "closed"]


def test_composing_a_process_imports_neither_arrow_nor_duckdb():
    code = (
        "import sys, dothi.serve.wiring\n"
        "print([name for name in ('pyarrow', 'duckdb', 'pyiceberg', 'sqlglot', 'pyspark') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
