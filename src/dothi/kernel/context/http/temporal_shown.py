"""Histories as answers, in the three temporal representations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dothi.engines.store.base import Session
from dothi.kernel.context.history.chunks import INTEGER, VALUE, Chunk
from dothi.kernel.context.history.instances import ids
from dothi.kernel.context.history.points import instances
from dothi.kernel.context.history.read import Runs
from dothi.kernel.context.history.window import ALWAYS, Window
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.params import QueryTemporal, RetrieveTemporal
from dothi.kernel.context.ld.temporal import TemporalQuery, TimeProperty
from dothi.kernel.context.ld.temporal_render import (
    History,
    Moment,
    Series,
    as_series,
    render_aggregates,
    render_temporal,
    render_values,
)
from dothi.kernel.context.reading.past import Past
from dothi.kernel.context.storage.dictionary import Dictionary

Asked = RetrieveTemporal | QueryTemporal


def window_of(time: TemporalQuery) -> Window:
    """The stretch of time a temporal query means; without one, all there is."""
    start = ALWAYS[0] if time.start_us is None else time.start_us
    end = ALWAYS[1] if time.end_us is None else time.end_us
    if time.timeproperty == "observedAt":
        return Window(start, end, "any" if time.timerel is None else "observedAt")
    return Window(start, end, "modifiedAt")


class Shower:
    """Renders histories for one request."""

    def __init__(
        self, session: Session, dictionary: Dictionary, terms: TermMap, asked: Asked, context: Any
    ) -> None:
        self._session = session
        self._dictionary = dictionary
        self._terms = terms
        self._asked = asked
        self._context = context
        self._by: TimeProperty = asked.time.timeproperty

    def show(self, past: Past) -> bytes:
        """One entity."""
        history = History(past.head)
        for nid, runs in sorted(self._last(past.runs).items()):
            iri = self._dictionary.iri(self._session, nid)
            if self._asked.form.shows(iri):
                self._fill(history, iri, self._of_datasets(runs))
        form, terms, context = self._asked.form, self._terms, self._context
        if self._asked.aggregation is not None:
            time = self._asked.time
            return render_aggregates(
                history,
                terms,
                self._asked.aggregation,
                form,
                context,
                start_us=time.start_us,
                end_us=time.end_us,
            )
        if self._asked.representation == "temporalValues":
            return render_values(history, terms, form, context, self._by)
        return render_temporal(history, terms, form, context)

    def _of_datasets(self, runs: Sequence[Chunk]) -> list[Chunk]:
        wanted = self._asked.form.datasets
        return [run for run in runs if wanted is None or run.dataset in wanted]

    def _fill(self, history: History, iri: str, runs: Sequence[Chunk]) -> None:
        by_dataset: dict[str, list[Chunk]] = {}
        for run in runs:
            by_dataset.setdefault(run.dataset, []).append(run)
        plain = self._asked.representation == "normalized"
        for _, group in sorted(by_dataset.items()):
            if not plain and all(run.kind & VALUE for run in group):
                history.series.setdefault(iri, []).append(self._columns(group))
                continue
            moments = self._moments(group)
            if self._asked.aggregation is not None:
                history.series.setdefault(iri, []).extend(as_series(moments, self._seen_by(moments)))
            else:
                history.moments.setdefault(iri, []).extend(moments)

    def _seen_by(self, moments: Sequence[Moment]) -> TimeProperty:
        return self._by if any(each.us(self._by) is not None for each in moments) else "modifiedAt"

    def _moments(self, runs: Sequence[Chunk]) -> list[Moment]:
        keyed: list[tuple[int, int, Moment]] = []
        for run in runs:
            times = run.modified if self._by != "observedAt" else run.times
            for time, modified, name, each in zip(
                times.tolist(), run.modified.tolist(), ids(run), instances(run), strict=True
            ):
                keyed.append((time, modified, Moment(each, name)))
        keyed.sort(key=lambda item: item[:2])
        return [moment for _, _, moment in keyed]

    def _columns(self, runs: Sequence[Chunk]) -> Series:
        """Numbers of all kinds and units of one dataset in order of time."""
        by_writing = self._by != "observedAt"
        times = np.concatenate([run.modified if by_writing else run.times for run in runs])
        values = np.concatenate([np.asarray(run.values, np.float64) for run in runs])
        order = np.lexsort((np.concatenate([run.modified for run in runs]), times))
        times, values = times[order], values[order]
        if self._asked.aggregation is not None:
            return Series(times, values, "Property", runs[0].dataset)
        whole = np.concatenate([np.full(len(run), run.kind & VALUE == INTEGER) for run in runs])[order]
        shown: Any = values
        if whole.any():
            shown = [
                int(value) if flag else value
                for value, flag in zip(values.tolist(), whole.tolist(), strict=True)
            ]
        return Series(times, shown, "Property", runs[0].dataset)

    def _last(self, runs: Runs) -> Runs:
        """At most ``lastN`` points of each attribute and dataset, the newest."""
        count = self._asked.time.last_n
        if count is None:
            return runs
        return {nid: newest(group, count, by_writing=self._by != "observedAt") for nid, group in runs.items()}


def newest(runs: Sequence[Chunk], count: int, *, by_writing: bool) -> list[Chunk]:
    """The last ``count`` points of each dataset."""
    by_dataset: dict[str, list[Chunk]] = {}
    for run in runs:
        by_dataset.setdefault(run.dataset, []).append(run)
    result: list[Chunk] = []
    for group in by_dataset.values():
        times = np.concatenate([run.modified if by_writing else run.times for run in group])
        if len(times) <= count:
            result += group
            continue
        written = np.concatenate([run.modified for run in group])
        kept = np.zeros(len(times), bool)
        kept[np.lexsort((written, times))[-count:]] = True
        start = 0
        for run in group:
            mask = kept[start : start + len(run)]
            start += len(run)
            if mask.any():
                result.append(run.take(np.flatnonzero(mask)))
    return result
