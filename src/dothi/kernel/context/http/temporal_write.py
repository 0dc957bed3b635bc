"""Adding to the past, correcting and deleting it (5.6.11 to 5.6.16)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from dothi.engines.store.base import Session
from dothi.kernel.context import operations
from dothi.kernel.context.history import rewrite
from dothi.kernel.context.history.chunks import Chunk
from dothi.kernel.context.history.instances import InstanceId, mark, parse, place
from dothi.kernel.context.history.points import gather, instances
from dothi.kernel.context.http.answers import NO_CONTENT, Answer, text
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.temporal import urn_of
from dothi.kernel.context.ld import merge, params_write
from dothi.kernel.context.ld.entity import parse_attribute
from dothi.kernel.context.ld.errors import BadRequestData, ResourceNotFound
from dothi.kernel.context.ld.model import Instance, Stored
from dothi.kernel.context.ld.names import is_uri
from dothi.kernel.context.ld.temporal import parse_temporal

PATH = "/ngsi-ld/v1/temporal/entities/"


async def post(api: Api, call: Call) -> Answer:
    """Create or update the temporal representation of an entity (5.6.11)."""
    params_write.plain_write(call.parameters())
    terms = await api.terms(call, call.body)
    parsed = parse_temporal(call.body, terms)
    known = await api.ask(lambda session: _known(api, call, session, parsed.id), cheap=True)
    await api.change_one(call, operations.add_history(parsed.id, parsed), creates=True)
    return NO_CONTENT if known else Answer(201, b"", ((b"location", text(PATH + parsed.id)),))


def _known(api: Api, call: Call, session: Session, urn: str) -> bool:
    tid = api.dictionary.tenant(session, call.tenant)
    eid = None if tid is None else api.dictionary.eid(session, tid, urn)
    return eid is not None and bool(session.query("SELECT 1 FROM entity WHERE eid = ?", (eid,)))


async def post_attributes(api: Api, call: Call) -> Answer:
    """Add instances of attributes (5.6.12)."""
    urn = urn_of(call)
    params_write.plain_write(call.parameters())
    terms = await api.terms(call, call.body)
    parsed = parse_temporal(call.body, terms, kind="fragment")
    if not await api.ask(lambda session: _known(api, call, session, urn), cheap=True):
        raise _unknown(urn)
    await api.change_one(call, operations.add_history(urn, parsed))
    return NO_CONTENT


async def delete(api: Api, call: Call) -> Answer:
    """Delete all history of an entity (5.6.16)."""
    urn = urn_of(call)
    params_write.plain_write(call.parameters())

    def job(session: Session) -> None:
        rewrite.everything(session, api.store.dialect, _eid(api, call, session, urn))

    return await _run(api, job)


async def delete_attribute(api: Api, call: Call) -> Answer:
    """Delete the history of one attribute (5.6.13)."""
    urn, name = urn_of(call), call.parts[4]
    terms = await api.terms(call)
    asked = params_write.delete_attribute(call.parameters(), terms)
    dataset = mark(asked.dataset)

    def keep(runs: list[Chunk]) -> list[Chunk]:
        kept = [run for run in runs if not asked.everything and mark(run.dataset) != dataset]
        if len(kept) == len(runs):
            raise ResourceNotFound(f"{urn} has no such history of {name}")
        return kept

    return await _rewrite(api, call, urn, terms.iri(name), keep)


async def delete_instance(api: Api, call: Call) -> Answer:
    """Delete one instance (5.6.15)."""
    urn, name, wanted = _instance(call)
    terms = await api.terms(call)
    params_write.plain_write(call.parameters())

    def drop(runs: list[Chunk]) -> list[Chunk]:
        at, index = _find(runs, wanted, urn)
        runs[at] = runs[at].take([i for i in range(len(runs[at])) if i != index])
        return runs

    return await _rewrite(api, call, urn, terms.iri(name), drop)


async def patch_instance(api: Api, call: Call) -> Answer:
    """Correct one instance (5.6.14)."""
    urn, name, wanted = _instance(call)
    params_write.plain_write(call.parameters())
    terms = await api.terms(call, call.body)
    iri, patches = parse_attribute(call.body, name, terms, partial=True)
    if len(patches) != 1 or patches[0].null:
        raise BadRequestData("one instance is corrected by one fragment", where=name)

    def correct(runs: list[Chunk]) -> list[Chunk]:
        at, index = _find(runs, wanted, urn)
        run = runs[at]
        old = next(instances(run.take([index])))
        runs[at] = run.take([i for i in range(len(run)) if i != index])
        return [*runs, *gather(run.eid, run.nid, [_corrected(old, patches[0])])]

    return await _rewrite(api, call, urn, iri, correct)


def _corrected(old: Instance, patch: Instance) -> Instance:
    """The instance with the patch laid over it; written when the old one was, so that its id stays where it
    can."""
    patch.dataset = old.dataset
    new = merge.partial(
        Stored("", (), attributes={"": [old]}), "", [patch], old.modified_us
    ).entity.attributes[""][0]
    new.dataset, new.created_us, new.modified_us = old.dataset, old.created_us, old.modified_us
    return new


def _instance(call: Call) -> tuple[str, str, InstanceId]:
    urn, name, text_ = urn_of(call), call.parts[4], call.parts[5]
    if not is_uri(text_):
        raise BadRequestData(f"{text_!r} is not a URI", where="instanceId")
    wanted = parse(text_)
    if wanted is None:
        raise ResourceNotFound(f"{urn} has no instance {text_}")
    return urn, name, wanted


def _find(runs: list[Chunk], wanted: InstanceId, urn: str) -> tuple[int, int]:
    for at, run in enumerate(runs):
        index = place(run, wanted)
        if index is not None:
            return at, index
    raise ResourceNotFound(f"{urn} has no instance {wanted.text()}")


async def _rewrite(api: Api, call: Call, urn: str, iri: str, transform: rewrite.Transform) -> Answer:
    def job(session: Session) -> None:
        eid = _eid(api, call, session, urn)
        nid = api.context.writer.naming(session).nids((iri,))[iri]
        rewrite.attribute(session, api.store.dialect, api.dictionary, eid, nid, transform)

    return await _run(api, job)


def _eid(api: Api, call: Call, session: Session, urn: str) -> int:
    naming = api.context.writer.naming(session)
    tid = naming.tenant(call.tenant, create=False)
    eid = None if tid is None else naming.eids(tid, (urn,), create=False).get(urn)
    if eid is None or not session.query("SELECT 1 FROM entity WHERE eid = ?", (eid,)):
        raise _unknown(urn)
    return eid


def _unknown(urn: str) -> ResourceNotFound:
    return ResourceNotFound(f"there is no entity {urn}")


async def _run(api: Api, job: Callable[[Session], Any]) -> Answer:
    await asyncio.wrap_future(api.context.writer.run(job))
    return NO_CONTENT
