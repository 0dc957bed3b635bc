"""History reads the same before and after it becomes columns."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dothi.kernel.context.history.aggregate import Collector
from dothi.kernel.context.history.points import gather, instances
from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.service import Context
from dothi.kernel.context.testing import Client
from dothi.kernel.identity.access import SYSTEM

URN = "urn:ngsi-ld:Station:1"
NORMAL = f"temporal/entities/{URN}?options=sysAttrs"
VALUES = f"temporal/entities/{URN}?options=temporalValues"

numbers = st.one_of(st.integers(-(2**60), 2**60), st.floats(-1e6, 1e6), st.just(2**53 + 1))
values = st.one_of(
    numbers, st.text(max_size=5), st.booleans(), st.lists(st.integers(0, 9), min_size=1, max_size=3),
    st.fixed_dictionaries({"a": st.integers()}),
)  # fmt: skip
times = st.integers(0, 59).map(lambda minute: f"2026-01-01T00:{minute:02d}:00Z")


@st.composite
def attributes(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "Property", "value": draw(values)}
    if draw(st.booleans()):
        found["observedAt"] = draw(times)
    if draw(st.booleans()):
        found["unitCode"] = draw(st.sampled_from(["CEL", "FAH"]))
    if draw(st.integers(0, 4)) == 0:
        found["accuracy"] = {"type": "Property", "value": draw(st.integers(0, 5))}
    if draw(st.integers(0, 4)) == 0:
        found["datasetId"] = "urn:dataset:1"
    return found


histories = st.lists(
    st.tuples(st.sampled_from(["temperature", "note"]), attributes()), min_size=1, max_size=25
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, cuts=st.lists(st.integers(1, 10), max_size=6))
def test_history_reads_the_same_whenever_it_is_compacted(
    context: Context, client: Client, history: list[tuple[str, Any]], cuts: list[int]
) -> None:
    client("DELETE", f"temporal/entities/{URN}")
    client("DELETE", f"entities/{URN}")
    client("DELETE", f"temporal/entities/{URN}")
    for name, attribute in history:
        context.upsert([{"id": URN, "type": "Station", name: attribute}], by=SYSTEM)
    before = client("GET", NORMAL).json(), client("GET", VALUES).json()
    for limit in [*cuts, 1000]:
        context.compact_once(limit, settle_s=0)
        assert (client("GET", NORMAL).json(), client("GET", VALUES).json()) == before


@given(st.lists(attributes(), min_size=1, max_size=20))
def test_no_part_of_an_attribute_is_lost_in_columns(given_: list[dict[str, Any]]) -> None:
    terms = Contexts().core
    expected, points = [], []
    for place, attribute in enumerate(given_):
        parsed = parse_entity({"id": URN, "type": "T", "x": attribute}, terms).attributes
        (group,) = parsed.values()
        group[0].created_us = group[0].modified_us = place
        points.append(group[0])
        expected.append(group[0].decoded())
    back = [each for run in gather(1, 1, points) for each in instances(run)]
    back.sort(key=lambda each: each.modified_us)
    assert [each.decoded() for each in back] == expected
    assert [(each.dataset, each.observed_us, each.number) for each in back] == [
        (each.dataset, each.observed_us, each.number) for each in points
    ]


def test_compacting_in_small_steps_leaves_few_chunks(context: Context) -> None:
    for minute in range(60):
        context.upsert([reading(minute)], by=SYSTEM)
        context.compact_once(100, settle_s=0)
    with context.store.read() as session:
        rows = session.query("SELECT n FROM chunk")
    assert sum(n for (n,) in rows) == 60
    assert len(rows) <= 8


def reading(minute: int, value: float = 1.5) -> dict[str, Any]:
    at = f"2026-01-01T{minute // 60:02d}:{minute % 60:02d}:00Z"
    return {"id": URN, "type": "Station", "t": {"type": "Property", "value": value, "observedAt": at}}


def test_rows_wait_until_they_are_many_or_old(context: Context) -> None:
    context.upsert([reading(1)], by=SYSTEM)
    assert context.compact_once(100, settle_s=60) == 0
    assert context.compact_once(1, settle_s=60) == 1


def test_two_compactors_move_a_row_once(context: Context, store: Any) -> None:
    other = Context(store, terms={})
    for minute in range(10):
        context.upsert([reading(minute)], by=SYSTEM)
    assert context.compact_once(100, settle_s=0) + other.compact_once(100, settle_s=0) == 10
    assert context.series(URN, "t", 0, 2**62).values.tolist() == [1.5] * 10
    other.close()


def test_work_prepared_before_history_was_rewritten_is_dropped(context: Context, client: Client) -> None:
    from dothi.kernel.context.history import compact

    context.upsert([reading(1), reading(2)], by=SYSTEM)
    real = compact._claim

    def rewrite_first(*args: Any) -> bool:
        if not done:
            done.append(True)
            raise Interrupted
        return real(*args)

    done: list[bool] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact, "_claim", rewrite_first)
        with pytest.raises(Interrupted):
            context.compact_once(10, settle_s=0)
    assert len(context.series(URN, "t", 0, 2**62).values) == 2
    assert context.compact_once(10, settle_s=0) == 2
    assert len(context.series(URN, "t", 0, 2**62).values) == 2


class Interrupted(Exception):
    pass


def test_deleted_history_stays_deleted_when_its_rows_are_compacted(context: Context, client: Client) -> None:
    context.upsert([reading(1), reading(2)], by=SYSTEM)
    assert client("DELETE", f"temporal/entities/{URN}/attrs/t").status == 204
    context.upsert([reading(3)], by=SYSTEM)
    context.compact_once(10, settle_s=0)
    assert context.series(URN, "t", 0, 2**62).times_us.tolist() == [1767225780000000]


@given(
    st.lists(st.tuples(st.integers(0, 999), st.floats(-1e3, 1e3)), min_size=1, max_size=60),
    st.integers(1, 7),
    st.booleans(),
)
def test_sums_by_bucket_are_those_of_the_points(
    points: list[tuple[int, float]], buckets: int, summaries: bool
) -> None:
    points.sort(key=lambda point: point[0])
    edges = np.linspace(0, 1000, buckets + 1).astype(np.int64)
    collector = Collector(edges)
    moments, readings = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    half = len(points) // 2
    for part in (slice(0, half), slice(half, None)):
        t, v = moments[part], readings[part]
        bucket = collector.bucket(int(t[0]), int(t[-1])) if len(t) and summaries else None
        if bucket is None:
            collector.add(t, v)
        else:
            squares = float(((v - v.mean()) ** 2).sum())
            collector.add_summary(bucket, len(v), float(v.min()), float(v.max()), float(v.sum()), squares)
    found = collector.result()
    for i in range(buckets):
        inside = readings[(moments >= edges[i]) & (moments < edges[i + 1])]
        assert found.count[i] == len(inside)
        if len(inside):
            assert np.isclose(found.mean[i], inside.mean(), atol=1e-9)
            assert found.low[i] == inside.min()
            assert found.high[i] == inside.max()
            assert np.isclose(found.squares[i], ((inside - inside.mean()) ** 2).sum(), atol=1e-5)


def test_buckets_are_the_same_from_the_tail_and_from_chunks(context: Context) -> None:
    for minute in range(120):
        context.upsert([reading(minute, minute / 7)], by=SYSTEM)
    before = context.series(URN, "t", 1767225600000000, 1767232800000000, buckets=5)
    context.compact_once(70, settle_s=0)
    context.compact_once(1000, settle_s=0)
    after = context.series(URN, "t", 1767225600000000, 1767232800000000, buckets=5)
    assert before.count.tolist() == after.count.tolist() == [24] * 5
    assert np.allclose(before.values, after.values)
    assert msgspec.json.encode(before.min.tolist()) == msgspec.json.encode(after.min.tolist())
