"""The live city for the rest of the platform: sites, feeds and the command line ask here, in plain Python."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from msgspec import Raw

from dothi.engines.store.base import Store
from dothi.kernel.context import operations
from dothi.kernel.context.contexts import ContextLibrary, Fetch
from dothi.kernel.context.history import compact, series, upkeep
from dothi.kernel.context.history.append import Run, append
from dothi.kernel.context.history.series import Series
from dothi.kernel.context.layers import Layers, Shown
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.entity import context_of, parse_entity
from dothi.kernel.context.ld.errors import NgsiLdError
from dothi.kernel.context.ld.query import compile_query
from dothi.kernel.context.ld.render import Form, Representation, as_dict
from dothi.kernel.context.ld.selection import ids as parse_ids
from dothi.kernel.context.ld.selection import type_selection
from dothi.kernel.context.log import ContextLog
from dothi.kernel.context.reading import discovery, select
from dothi.kernel.context.reading.compile import Parts, selection
from dothi.kernel.context.refusals import INPUT_ERRORS, refusal
from dothi.kernel.context.storage import schema
from dothi.kernel.context.storage.cells import Box
from dothi.kernel.context.storage.commands import Command, Result
from dothi.kernel.context.storage.dictionary import Dictionary
from dothi.kernel.context.storage.restore import begin_era
from dothi.kernel.context.storage.writer import Writer
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.packs import queries as packs

READ = permission("context.read", "Xem thành phố sống", "Read the live city")
WRITE = permission("context.write", "Ghi vào thành phố sống", "Write to the live city")
RETENTION_S = 7 * 86_400
# Changes wait this long (or until there are enough of them) so that they become long columns, not short ones.
SETTLE_S = 300.0
# Objects of a few thousand entities on their way into the store. Python's own threshold, 700, has the collector look
# for cycles among them again and again; there are none.
IN_FLIGHT = 50_000


class BatchResult(NamedTuple):
    """What became of a batch. Each error names the entity's id, or its place when it has none."""

    created: list[str]
    updated: list[str]
    errors: list[tuple[str | int, NgsiLdError]]


class Context:
    """Entities with their history in one store. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        terms: Mapping[str, str] | None = None,
        *,
        open_types: Collection[str] | None = None,
        retention_s: float = RETENTION_S,
        consumed: Callable[[], str | None] | None = None,
        fetch: Fetch | None = None,
        default: Literal["packs", "core"] = "core",
        base_url: str = "",
    ) -> None:
        """``terms``: short name → IRI (default: the packs'). ``open_types``: IRIs of types anyone may read.

        ``consumed``: the position in the log up to which every consumer has read; later changes are not
        trimmed.
        ``fetch``: gives the document behind the URL of a remote @context (default: none is fetched).
        ``default``: whose names a request over HTTP means that names no @context; in process they are the packs'.
        ``base_url``: where the platform is reached, for URLs of its own @contexts.
        """
        if gc.get_threshold()[0] < IN_FLIGHT:
            gc.set_threshold(IN_FLIGHT, *gc.get_threshold()[1:])
        store.migrate(schema.MIGRATIONS)
        self.store = store
        self.dictionary = Dictionary()
        self.writer = Writer(store, self.dictionary)
        known = packs.contexts() if terms is None else {}
        self.library = ContextLibrary(store, packs.terms() if terms is None else terms, known, fetch)
        self.library.base_url = base_url
        self.terms: TermMap = self.library.compiled.packs
        if default == "packs":
            self.library.compiled.default = self.terms
        self.open_types = frozenset(_open_types() if open_types is None else open_types)
        self.log = ContextLog(store, self.dictionary, self.terms)
        self._retention_s = retention_s
        self._consumed = consumed
        self._layers = Layers(store, self.dictionary, self.terms)

    def close(self) -> None:
        """Finish what was submitted. The store stays open: whoever opened it closes it."""
        self.writer.close()

    # -- writing

    def upsert(
        self,
        entities: Sequence[dict[str, Any] | bytes],
        *,
        mode: operations.Mode = "update",
        by: Actor,
        tenant: str | None = None,
    ) -> BatchResult:
        """Create or change entities; back when durable. Bad ones are reported, the others kept.

        Names are read by the entity's own ``@context``, else by the packs' terms.
        """
        by.require(WRITE)
        result = BatchResult([], [], [])
        commands: list[Command] = []
        for place, entity in enumerate(entities):
            try:
                commands.append(operations.upsert(parse_entity(entity, self._terms_of(entity)), mode))
            except INPUT_ERRORS as error:
                result.errors.append((_name_of(entity, place), refusal(error)))
        for command, outcome in zip(commands, self._write(commands, tenant or ""), strict=True):
            if isinstance(outcome, NgsiLdError):
                result.errors.append((command.urn, outcome))
            else:
                (result.created if outcome else result.updated).append(command.urn)
        return result

    def delete(
        self, ids: Sequence[str], *, by: Actor, tenant: str | None = None
    ) -> list[tuple[str, NgsiLdError]]:
        """Delete entities (their history stays until it is too old); what could not be deleted and why."""
        by.require(WRITE)
        results = self._write([operations.delete(urn) for urn in ids], tenant or "")
        return [(urn, each) for urn, each in zip(ids, results, strict=True) if isinstance(each, NgsiLdError)]

    def append(self, runs: Sequence[Run], *, by: Actor) -> int:
        """Add past readings to history without changing what is now; how many were new. Back when durable."""
        by.require(WRITE)
        given = [run for run in runs if len(run.times_us)]
        return append(self.store, self.writer, self.dictionary, self.terms, given)

    def _write(self, commands: Sequence[Command], tenant: str) -> list[Result]:
        if not commands:
            return []
        return self.writer.submit(commands, tenant=tenant, creates_tenant=True).result()

    def _terms_of(self, entity: dict[str, Any] | bytes | Raw) -> TermMap:
        if isinstance(entity, dict):
            own = entity.get("@context")
            return self.terms if own is None else self.library.using(lambda: self.library.compiled.of(own))
        raw = context_of(entity)
        return self.terms if raw is None else self.library.using(lambda: self.library.compiled.of_raw(raw))

    # -- reading

    def entity(self, id: str, *, representation: Representation = "normalized") -> dict[str, Any] | None:
        """One entity with short names, or None."""
        with self.store.read() as session:
            eid = self.dictionary.eid(session, 0, id)
            stored = None if eid is None else select.by_number(session, eid)
        return None if stored is None else as_dict(stored, self.terms, Form(representation))

    def entities(
        self,
        types: str | Collection[str] | None = None,
        ids: Collection[str] | None = None,
        q: str | None = None,
        bbox: tuple[float, float, float, float] | None = None,
        *,
        limit: int = 100,
        after: str | None = None,
        representation: Representation = "normalized",
    ) -> list[dict[str, Any]]:
        """Entities in a fixed order; ``after`` (the last id of the page before) continues.

        ``bbox`` (west, south, east, north) means: the box around the location touches it.
        """
        parts = self._parts(types, ids, q, bbox)
        form = Form(representation)
        with self.store.read() as session:
            past = 0 if after is None else self.dictionary.eid(session, 0, after) or 0
            chosen = selection(session, self.dictionary, 0, parts)
            found = select.page(session, chosen, limit=limit, after=past).found
            stored = select.complete(session, found)
        return [as_dict(each, self.terms, form) for each in stored]

    def count(self, types: str | Collection[str] | None = None) -> int:
        """How many entities (of some types) there are."""
        with self.store.read() as session:
            chosen = selection(session, self.dictionary, 0, self._parts(types, None, None, None))
            return select.page(session, chosen, limit=0, count=True).total or 0

    def type_counts(self) -> dict[str, int]:
        """Short name of each type → number of its entities."""
        with self.store.read() as session:
            counts = discovery.type_counts(session, self.dictionary, 0)
        return {self.terms.name(iri): number for iri, number in counts.items()}

    def series(
        self, id: str, attr: str, start: Any, end: Any, *, buckets: int | None = None, dataset: str = ""
    ) -> Series:
        """Numbers of one attribute over time: every point, or the mean of each of ``buckets`` equal
        stretches.

        ``start``, ``end``: aware datetimes or µs since 1970; the end is excluded.
        """
        with self.store.read() as session:
            return series.read(
                session, self.store.dialect, self.dictionary, id, self.terms.iri(attr),
                series.moment(start), series.moment(end), buckets, dataset,
            )  # fmt: skip

    def layer(self, type: str, attrs: Sequence[str]) -> list[Shown]:
        """All located entities of a type for a map: (id, name, lon, lat, {attr: value}, observed_at_us,
        simulated)."""
        return self._layers.read(type, attrs)

    def _parts(
        self, types: str | Collection[str] | None, ids: Collection[str] | None, q: str | None, bbox: Any
    ) -> Parts:
        names = types if isinstance(types, str) or types is None else ",".join(types)
        return Parts(
            types=None if names is None else type_selection(names, self.terms),
            ids=None if ids is None else parse_ids(",".join(ids)) if ids else (),
            q=None if q is None else compile_query(q, self.terms),
            box=None if bbox is None else Box(*bbox),
        )

    # -- keeping house

    def compact_once(self, limit: int, *, settle_s: float = SETTLE_S) -> int:
        """Move old changes into columnar history; how many rows moved. Also ends what has expired, trims
        the log."""
        upkeep.expire(self.store, self.writer)
        moved = compact.compact_once(self.store, self.dictionary, limit, settle_s=settle_s)
        if not moved:
            upkeep.trim(self.store, self._retention_s, self._consumed() if self._consumed else None)
            upkeep.forget(self.store, self._retention_s)
        return moved

    def restored(self) -> None:
        """Call once after the store was restored from a backup."""
        begin_era(self.store)

    def reading(self) -> Any:
        """A consistent snapshot for this module's own parts."""
        return self.store.read()


def _name_of(entity: dict[str, Any] | bytes, place: int) -> str | int:
    if isinstance(entity, dict) and isinstance(entity.get("id"), str):
        return str(entity["id"])
    return place


def _open_types() -> set[str]:
    return {kind.iri for kind in packs.entity_types().values() if kind.access == "open"}
