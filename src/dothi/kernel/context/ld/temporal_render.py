"""The three temporal representations of an entity: normalized, simplified (temporalValues), aggregated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.model import Instance, Stored
from dothi.kernel.context.ld.names import NULL, time_text
from dothi.kernel.context.ld.q_targets import target_value
from dothi.kernel.context.ld.render import (
    NORMALIZED,
    Form,
    entity_head,
    join_members,
    normalized_body,
    simple_value,
)
from dothi.kernel.context.ld.temporal import Aggregation, TimeProperty

Times = NDArray[np.int64]
MAX_PERIODS = 100_000
_encode = msgspec.json.Encoder().encode
_PLURAL = {
    "Property": "values",
    "GeoProperty": "values",
    "Relationship": "objects",
    "LanguageProperty": "languageMaps",
    "VocabProperty": "vocabs",
    "JsonProperty": "jsons",
    "ListProperty": "valueLists",
    "ListRelationship": "objectLists",
}


class Moment(Struct):
    """One instance of the past: as it was stored, its id, and when it was deleted if it marks a deletion."""

    instance: Instance
    instance_id: str = ""
    deleted_us: int | None = None

    def us(self, timeproperty: TimeProperty) -> int | None:
        """Its time by the time property asked for."""
        if timeproperty == "observedAt":
            return self.instance.observed_us
        if timeproperty == "deletedAt":
            return self.deleted_us
        return self.instance.created_us if timeproperty == "createdAt" else self.instance.modified_us


class Series(Struct):
    """A run of one attribute instance through time as columns; ``values`` an array of numbers, or any list.

    ``lang`` and the like do not apply; the attribute type is ``kind``.
    """

    times: Times
    values: NDArray[np.float64] | Sequence[Any]
    kind: str = "Property"
    dataset: str = ""


class History(Struct):
    """A temporal entity to render: its head (attributes of ``head`` are not looked at) and its past."""

    head: Stored
    moments: dict[str, list[Moment]] = field(default_factory=dict)
    series: dict[str, list[Series]] = field(default_factory=dict)


def render_temporal(history: History, terms: TermMap, form: Form = NORMALIZED, context: Any = None) -> bytes:
    """Normalized temporal representation (4.5.7, 4.5.8): every instance in full. Uses ``moments``."""
    members = [
        (iri, _array([_moment(each, terms, form) for each in moments]))
        for iri, moments in history.moments.items()
        if form.shows(iri) and moments
    ]
    return _entity(history.head, terms, form, members, context)


def _moment(each: Moment, terms: TermMap, form: Form) -> bytes:
    body = each.instance.decoded()
    if each.instance.deep or form.lang:
        body = normalized_body(body, terms, form)
    if each.instance_id:
        body["instanceId"] = each.instance_id
    if each.deleted_us is not None:
        body["deletedAt"] = time_text(each.deleted_us)
    if form.sys_attrs:
        body["createdAt"] = time_text(each.instance.created_us)
        body["modifiedAt"] = time_text(each.instance.modified_us)
    return _encode(body)


def _array(items: list[bytes]) -> bytes:
    return b"[" + b",".join(items) + b"]"


def render_values(
    history: History, terms: TermMap, form: Form = NORMALIZED, context: Any = None,
    timeproperty: TimeProperty = "observedAt",
) -> bytes:  # fmt: skip
    """Simplified temporal representation (4.5.9). Uses ``moments`` and ``series``."""
    members: dict[str, list[bytes]] = {}
    for iri, moments in history.moments.items():
        if form.shows(iri) and moments:
            members.setdefault(iri, []).extend(_value_groups(moments, terms, form, timeproperty))
    for iri, runs in history.series.items():
        if form.shows(iri):
            members.setdefault(iri, []).extend(_run(run) for run in runs)
    shown = [
        (iri, groups[0] if len(groups) == 1 else _array(groups)) for iri, groups in members.items() if groups
    ]
    return _entity(history.head, terms, form, shown, context)


def _value_groups(
    moments: list[Moment], terms: TermMap, form: Form, timeproperty: TimeProperty
) -> list[bytes]:
    groups: dict[tuple[str, str], list[list[Any]]] = {}
    for each in moments:
        body = each.instance.decoded()
        us = each.us(timeproperty)
        us = each.deleted_us if us is None else us
        value = _temporal_value(body, terms, form)
        pair = [value, time_text(us)] if us is not None else [value]
        groups.setdefault((body["type"], each.instance.dataset), []).append(pair)
    return [_group(kind, dataset, _encode(pairs)) for (kind, dataset), pairs in groups.items()]


def _temporal_value(body: dict[str, Any], terms: TermMap, form: Form) -> Any:
    return simple_value(body, terms, form)


def _group(kind: str, dataset: str, pairs: bytes) -> bytes:
    named = b',"datasetId":' + _encode(dataset) if dataset else b""
    return b'{"type":"' + kind.encode() + b'"' + named + b',"' + _PLURAL[kind].encode() + b'":' + pairs + b"}"


def _run(run: Series) -> bytes:
    texts = time_texts(run.times)
    values = run.values.tolist() if isinstance(run.values, np.ndarray) else run.values
    return _group(run.kind, run.dataset, _encode(list(zip(values, texts, strict=True))))


def time_texts(times: Times) -> list[str]:
    """Many moments (µs) as DateTime texts."""
    if not len(times):
        return []
    whole = not np.any(times % 1_000_000)
    unit = "s" if whole else "ms" if not np.any(times % 1_000) else "us"
    texts = np.datetime_as_string(times.astype("datetime64[us]"), unit=unit)  # type: ignore[call-overload]
    return [f"{text}Z" for text in texts.tolist()]


def render_aggregates(
    history: History, terms: TermMap, wanted: Aggregation, form: Form = NORMALIZED, context: Any = None, *,
    start_us: int | None = None, end_us: int | None = None,
) -> bytes:  # fmt: skip
    """Aggregated temporal representation (4.5.19). Uses ``series`` (make one of moments with :func:`as_series`)."""
    members = []
    for iri, runs in history.series.items():
        groups = [_aggregated(run, wanted, start_us, end_us) for run in runs if len(run.times)]
        if form.shows(iri) and groups:
            members.append((iri, groups[0] if len(groups) == 1 else _array(groups)))
    return _entity(history.head, terms, form, members, context)


def as_series(moments: Sequence[Moment], timeproperty: TimeProperty = "observedAt") -> list[Series]:
    """Moments as columns, one series for each (type, datasetId); those without the time or deleted are left out."""
    groups: dict[tuple[str, str], list[tuple[int, Any]]] = {}
    for each in moments:
        us = each.us(timeproperty)
        if us is not None and each.deleted_us is None:
            body = each.instance.decoded()
            value = target_value(body)
            if value != NULL:
                groups.setdefault((body["type"], each.instance.dataset), []).append((us, value))
    return [_series(kind, dataset, pairs) for (kind, dataset), pairs in groups.items()]


def _series(kind: str, dataset: str, pairs: list[tuple[int, Any]]) -> Series:
    pairs.sort(key=lambda pair: pair[0])
    values = [value for _, value in pairs]
    numeric = all(value.__class__ in (int, float) for value in values)
    return Series(
        np.array([us for us, _ in pairs], dtype=np.int64),
        np.array(values, dtype=np.float64) if numeric else values,
        kind,
        dataset,
    )


def _aggregated(run: Series, wanted: Aggregation, start_us: int | None, end_us: int | None) -> bytes:
    results = aggregate(run, wanted, start_us, end_us)
    members = {name: [[v, time_text(a), time_text(b)] for v, a, b in rows] for name, rows in results.items()}
    named = {"datasetId": run.dataset} if run.dataset else {}
    return _encode({"type": run.kind} | named | members)


def aggregate(
    run: Series, wanted: Aggregation, start_us: int | None = None, end_us: int | None = None
) -> dict[str, list[tuple[Any, int, int]]]:
    """For each method that suits the values: (aggregate, period's start, period's end) of periods with data.

    ``run.times`` ascends. The first period begins at ``start_us``, or at the first value when that is None.
    """
    times = run.times
    start = int(times[0]) if start_us is None else start_us
    last = int(times[-1])
    edges = wanted.period.edges(
        start, last if wanted.period.us or wanted.period.months else end_us or last + 1, MAX_PERIODS
    )
    at = np.searchsorted(times, edges)
    filled = np.flatnonzero(at[1:] > at[:-1])
    cuts = at[filled]
    ends = at[filled + 1]
    values, table = _columns(run)
    result = {}
    for method in wanted.methods:
        if (function := table.get(method)) is not None:
            computed = function(values, cuts, ends)
            result[method] = list(
                zip(computed, edges[filled].tolist(), edges[filled + 1].tolist(), strict=True)
            )
    return result


Reducer = Callable[[Any, NDArray[np.int64], NDArray[np.int64]], list[Any]]


def eligible(run: Series, methods: Sequence[str]) -> bool:
    """Whether at least one of the methods can be applied to the values (tables 4.5.19.1-1 to -3)."""
    return any(method in _columns(run)[1] for method in methods)


def _columns(run: Series) -> tuple[Any, dict[str, Reducer]]:
    """The values in the shape their reducers take, and the reducers that suit them."""
    values = run.values
    if isinstance(values, np.ndarray):
        return values, _NUMERIC
    if "Relationship" in run.kind:
        return values, _COUNTS
    if all(isinstance(value, bool | int | float) for value in values):
        return np.array(values, dtype=np.float64), _NUMERIC
    if all(isinstance(value, str) for value in values):
        return values, _TEXTUAL
    if all(isinstance(value, list) for value in values):
        return np.array([len(value) for value in values], dtype=np.float64), _SIZES
    return values, _COUNTS


def _total(values: Any, cuts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Any]:
    return (ends - cuts).tolist()  # type: ignore[no-any-return]


def _distinct(values: Any, cuts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Any]:
    if isinstance(values, np.ndarray):
        return [len(np.unique(values[a:b])) for a, b in zip(cuts, ends, strict=True)]
    return [len({_encode(value) for value in values[a:b]}) for a, b in zip(cuts, ends, strict=True)]


def _sums(values: Any, cuts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Any]:
    return np.add.reduceat(values[: ends[-1]], cuts).tolist() if len(cuts) else []


def _squares(values: Any, cuts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Any]:
    return _sums(values * values, cuts, ends)


def _means(values: Any, cuts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Any]:
    return (np.array(_sums(values, cuts, ends)) / (ends - cuts)).tolist()  # type: ignore[no-any-return]


def _deviations(values: Any, cuts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Any]:
    """Standard deviation of the values themselves (population), from differences to each period's mean."""
    spread = values[: ends[-1]].copy() if len(cuts) else values
    for mean, a, b in zip(_means(values, cuts, ends), cuts, ends, strict=True):
        spread[a:b] -= mean
    return np.sqrt(np.array(_squares(spread, cuts, ends)) / (ends - cuts)).tolist()  # type: ignore[no-any-return]


def _extremes(ufunc: Any, pick: Callable[[Any], Any]) -> Reducer:
    def reduce(values: Any, cuts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Any]:
        if isinstance(values, np.ndarray):
            return ufunc.reduceat(values[: ends[-1]], cuts).tolist() if len(cuts) else []
        return [pick(values[a:b]) for a, b in zip(cuts, ends, strict=True)]

    return reduce


_COUNTS: dict[str, Reducer] = {"totalCount": _total, "distinctCount": _distinct}
_TEXTUAL = _COUNTS | {"min": _extremes(np.minimum, min), "max": _extremes(np.maximum, max)}
_SIZES = _TEXTUAL | {"sum": _sums, "avg": _means}
_NUMERIC = _SIZES | {"sumsq": _squares, "stddev": _deviations}


def _entity(
    head: Stored, terms: TermMap, form: Form, members: list[tuple[str, bytes]], context: Any
) -> bytes:
    parts = entity_head(head, terms, form)
    for iri, value in members:
        parts += (terms.keys[iri], value)
    return join_members(parts, context)
