"""/entityOperations/…: many entities at once. A bad one is reported, the others are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from dothi.kernel.context import operations
from dothi.kernel.context.http.answers import JSON, LD_JSON, NO_CONTENT, Answer, json
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.entities import decoded
from dothi.kernel.context.ld import params_write
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.entity import context_of, entities_of, parse_entity, problem_of
from dothi.kernel.context.ld.errors import AlreadyExists, BadRequestData, NgsiLdError
from dothi.kernel.context.ld.merge import Outcome
from dothi.kernel.context.ld.names import is_uri
from dothi.kernel.context.refusals import INPUT_ERRORS, refusal
from dothi.kernel.context.storage.commands import Command

MAX_ENTITIES = 10_000
_UNNAMED = "urn:ngsi-ld:unnamed"
ToCommand = Callable[[Raw, TermMap], Command]


class Tally:
    """What became of a batch so far."""

    def __init__(self) -> None:
        self.created: list[str] = []
        self.changed: list[str] = []
        self.errors: list[dict[str, Any]] = []

    def result(self) -> Answer:
        """207 with the standard's BatchOperationResult."""
        return json(207, {"success": self.created + self.changed, "errors": self.errors})


async def create(api: Api, call: Call) -> Answer:
    """5.6.7."""
    params_write.plain_write(call.parameters())
    tally = await _run(
        api, call, lambda raw, terms: operations.create(parse_entity(raw, terms)), creates=True
    )
    return tally.result() if tally.errors else json(201, tally.created)


async def upsert(api: Api, call: Call) -> Answer:
    """5.6.8."""
    mode = params_write.batch_upsert(call.parameters())
    tally = await _run(
        api, call, lambda raw, terms: operations.upsert(parse_entity(raw, terms), mode), creates=True
    )
    if tally.errors:
        return tally.result()
    return json(201, tally.created) if tally.created else NO_CONTENT


async def update(api: Api, call: Call) -> Answer:
    """5.6.9."""
    overwrite = params_write.batch_update(call.parameters())

    def command(raw: Raw, terms: TermMap) -> Command:
        parsed = parse_entity(raw, terms, kind="update")
        return operations.update(parsed.id, parsed, overwrite=overwrite)

    tally = await _run(api, call, command)
    return tally.result() if tally.errors else NO_CONTENT


async def merge(api: Api, call: Call) -> Answer:
    """5.6.20."""
    wanted = params_write.merge_entity(call.parameters(), api.contexts.core)

    def command(raw: Raw, terms: TermMap) -> Command:
        parsed = parse_entity(raw, terms, kind="merge", simplified=wanted.simplified)
        if not parsed.id:
            raise BadRequestData("an entity needs an id", where="id")
        return operations.merge_patch(parsed.id, parsed, lang=wanted.lang, observed_us=wanted.observed_us)

    tally = await _run(api, call, command)
    return tally.result() if tally.errors else NO_CONTENT


async def delete(api: Api, call: Call) -> Answer:
    """5.6.10: the body is an array of ids."""
    params_write.plain_write(call.parameters())
    ids = decoded(call.body)
    if not isinstance(ids, list) or not ids:
        raise BadRequestData("a batch of ids to delete is a JSON array with at least one")
    _few_enough(len(ids))
    tally, commands = Tally(), []
    for each in ids:
        if isinstance(each, str) and is_uri(each):
            commands.append(operations.delete(each))
        else:
            error = BadRequestData(f"{each!r} is not a URI")
            tally.errors.append(problem_of(error, each if isinstance(each, str) else _UNNAMED))
    await _apply(api, call, commands, tally, creates=False)
    return tally.result() if tally.errors else NO_CONTENT


async def _run(api: Api, call: Call, to_command: ToCommand, *, creates: bool = False) -> Tally:
    raws = entities_of(call.body)
    if not raws:
        raise BadRequestData("a batch has at least one entity")
    _few_enough(len(raws))
    if call.media == LD_JSON and call.link() is not None:
        raise BadRequestData(
            "application/ld+json has its @context in the body, not in a Link header", where="Link"
        )
    shared = await api.terms(call) if call.media != LD_JSON else None
    tally, commands = Tally(), []
    for place, raw in enumerate(raws):
        try:
            terms = (
                shared if shared is not None and not _mentions_context(raw) else await _terms(api, call, raw)
            )
            commands.append(to_command(raw, terms))
        except INPUT_ERRORS as error:
            tally.errors.append(problem_of(refusal(error).below(f"[{place}]"), _id_of(raw)))
    await _apply(api, call, commands, tally, creates=creates)
    return tally


def _mentions_context(raw: Raw) -> bool:
    return b'"@context"' in bytes(raw)


async def _terms(api: Api, call: Call, raw: Raw) -> TermMap:
    """The @context of one entity of a batch: its own (ld+json), or the Link header's (json)."""
    own = context_of(raw)
    if call.media == JSON and own is None:
        return await api.terms(call)
    return await api.terms(call, bytes(raw))


def _few_enough(count: int) -> None:
    if count > MAX_ENTITIES:
        raise BadRequestData(f"{count} are more than the {MAX_ENTITIES} of one batch; send several")


async def _apply(api: Api, call: Call, commands: Sequence[Command], tally: Tally, *, creates: bool) -> None:
    if not commands:
        return
    results = await api.change(call, commands, creates=creates)
    for command, result in zip(commands, results, strict=True):
        if isinstance(result, NgsiLdError):
            tally.errors.append(problem_of(result, command.urn))
        elif result is True and creates:
            tally.created.append(command.urn)
        elif (left := _left(result)) is not None:
            tally.errors.append(problem_of(left, command.urn))
        else:
            tally.changed.append(command.urn)


def _left(result: object) -> NgsiLdError | None:
    """What an update without overwriting left alone."""
    if not isinstance(result, Outcome) or not result.not_updated:
        return None
    names = ", ".join(each.attribute for each in result.not_updated)
    return AlreadyExists(f"not overwritten: {names}")


class _OnlyId(msgspec.Struct):
    id: Any = None


_only_id = msgspec.json.Decoder(_OnlyId)


def _id_of(raw: Raw) -> str:
    try:
        found = _only_id.decode(raw).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _UNNAMED
    return found if isinstance(found, str) else _UNNAMED
