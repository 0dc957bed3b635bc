"""Several workers at once, and values nobody thought of."""

from __future__ import annotations

import math
import threading
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from dothi.core.clock import iso
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.pipelines import actions, builders, life, records
from dothi.kernel.pipelines.casting import cast
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.quality import plan
from dothi.kernel.pipelines.runner import work_off
from dothi.kernel.pipelines.shaping import column_name
from dothi.kernel.pipelines.tests.conftest import dataset, source
from dothi.kernel.warehouse.models import DatasetVersion

FLOWS = [f"made-{n}" for n in range(6)]


@builders.builder("test-many")
def many(building: builders.Building) -> pa.Table:
    return pa.table({"n": list(range(100))})


def in_threads(work, count: int = 3) -> None:
    def guarded() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)


@pytest.mark.usefixtures("lake")
def test_workers_share_the_runs_and_none_is_done_twice(install) -> None:
    files = {f"datasets__{key.replace('-', '_')}": dataset(key, {"n": "integer"}) for key in FLOWS}
    files |= {
        f"sources__{key.replace('-', '_')}": source(key, key, "builder: {name: test-many}") for key in FLOWS
    }
    install(**files)
    asked = [actions.run_source(key, by=SYSTEM) for key in FLOWS]

    def work() -> None:
        for run in asked:
            work_off(run)

    in_threads(work)
    assert set(Run.objects.values_list("state", flat=True)) == {Run.SUCCEEDED}
    assert Run.objects.count() == DatasetVersion.objects.count() == len(FLOWS)


@pytest.mark.usefixtures("lake")
def test_asked_for_at_once_a_flow_runs_once(install) -> None:
    install(
        datasets__ones=dataset("ones", {"n": "integer"}),
        sources__ones=source("ones", "ones", "builder: {name: test-many}"),
    )
    in_threads(lambda: actions.run_source("ones", by=SYSTEM))
    assert Run.objects.count() == 1


@pytest.mark.usefixtures("lake")
def test_a_run_is_taken_by_one_of_many(install) -> None:
    install(
        datasets__ones=dataset("ones", {"n": "integer"}),
        sources__ones=source("ones", "ones", "builder: {name: test-many}"),
    )
    actions.run_source("ones", by=SYSTEM)
    taken: list[Run | None] = []
    in_threads(lambda: taken.append(life.take(threading.current_thread().name)))
    assert len([run for run in taken if run is not None]) == 1


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), numbers), min_size=1))
def test_numbers_written_as_text_come_back(values) -> None:
    made = cast(
        pa.array([None if value is None else repr(float(value)) for value in values], pa.string()), "number"
    )
    assert made.bad == 0
    assert all(
        a == b or (a is not None and math.isclose(a, b))
        for a, b in zip(made.values.to_pylist(), values, strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)), min_size=1))
def test_days_come_back_however_they_are_written(values) -> None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        made = cast(pa.array([value.strftime(pattern) for value in values]), "date")
        assert made.values.to_pylist() == values


@settings(max_examples=60, deadline=None)
@given(st.lists(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)), min_size=1))  # noqa: DTZ001
def test_times_come_back(values) -> None:
    aware = [value.replace(tzinfo=UTC) for value in values]
    made = cast(pa.array([iso(value) for value in aware]), "datetime")
    assert made.values.to_pylist() == aware


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_becomes_a_name(text) -> None:
    import re

    assert re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", column_name(text))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=3), json_values, max_size=3), max_size=4))
def test_any_records_become_columns(rows) -> None:
    made = records.table(rows)
    if made.num_columns:
        assert made.num_rows == len(rows)
        assert set(made.column_names) == {name for row in rows for name in row}


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text))
def test_any_name_and_value_can_be_checked(text) -> None:
    """Over DuckDB itself: whatever a declaration says is a name or a value, never SQL."""
    import duckdb

    from dothi.kernel.packs.flows import AcceptedCheck, Check

    planned = plan.plan(
        [Check(accepted=AcceptedCheck(column="c", values=(text,)))], [{"name": "c", "type": "string"}], {}
    )
    with duckdb.connect() as connection:
        connection.register("candidate", pa.table({"c": [text, text + "x", None]}))
        assert connection.execute(plan.text(plan.one_pass(planned))).fetchall() == [(3, 1)]
