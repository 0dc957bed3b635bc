"""/jsonldContexts: @contexts kept here (5.13)."""

from __future__ import annotations

from typing import Any

from dothi.core.clock import from_us, iso
from dothi.kernel.context.contexts import PACKS_ID, PATH, Kept
from dothi.kernel.context.http.answers import NO_CONTENT, Answer, encode, json, text
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.ld.errors import BadRequestData, OperationNotSupported, ResourceNotFound
from dothi.kernel.context.ld.params_base import flag, refuse_unknown

_KINDS = {"hosted": "Hosted", "cached": "Cached", "implicitlycreated": "ImplicitlyCreated"}


async def get_all(api: Api, call: Call) -> Answer:
    """List (5.13.3): URLs, or with ``details`` what is known of each."""
    given = call.parameters()
    refuse_unknown(given, frozenset({"details", "kind"}))
    details, kind = flag(given, "details"), given.get("kind")
    if kind and kind.lower() not in _KINDS:
        raise BadRequestData(f"{kind!r} is none of {', '.join(_KINDS.values())}", where="kind")
    kept = await api.aside(api.library.every)
    shown = [each for each in kept if not kind or each.kind == _KINDS[kind.lower()]]
    base = _base(call)
    return json(
        200, [_described(each, base) for each in shown] if details else [_url(each, base) for each in shown]
    )


def _base(call: Call) -> str:
    host = call.headers.get(b"host", b"localhost").decode("latin-1")
    return f"{call.scope.get('scheme', 'http')}://{host}"


def _url(kept: Kept, base: str) -> str:
    return kept.url or f"{base}{PATH}{kept.cid}"


def _described(kept: Kept, base: str) -> dict[str, Any]:
    return {
        "URL": _url(kept, base),
        "localId": kept.cid,
        "kind": kept.kind,
        "createdAt": iso(from_us(kept.created_us)),
    }


async def post(api: Api, call: Call) -> Answer:
    """Add (5.13.2)."""
    refuse_unknown(call.parameters(), frozenset())
    cid = await api.aside(lambda: api.library.add(call.body))
    return Answer(201, b"", ((b"location", text(PATH + cid)),))


async def get_one(api: Api, call: Call) -> Answer:
    """Serve (5.13.4): the document, or with ``details`` what is known of it."""
    given = call.parameters()
    refuse_unknown(given, frozenset({"details"}))
    details, cid = flag(given, "details"), call.parts[1]
    if cid == PACKS_ID and not details:
        return Answer(200, encode(api.library.packs()), ((b"content-type", call.accept.encode()),))
    kept = await api.aside(lambda: api.library.get(cid))
    if kept is None:
        raise ResourceNotFound(f"there is no @context {cid}")
    if details:
        return json(200, _described(kept, _base(call)))
    if kept.kind == "Cached":
        raise OperationNotSupported(f"{kept.url} is only cached here; ask for it where it lives")
    return Answer(200, kept.body, ((b"content-type", call.accept.encode()),))


async def delete(api: Api, call: Call) -> Answer:
    """Delete, or for a cached one with ``reload`` fetch again (5.13.5)."""
    given = call.parameters()
    refuse_unknown(given, frozenset({"reload"}))
    reload, cid = flag(given, "reload"), call.parts[1]
    if reload:
        await api.aside(lambda: api.library.reload(cid))
    else:
        await api.aside(lambda: api.library.delete(cid))
    return NO_CONTENT
