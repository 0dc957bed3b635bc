"""``/api/3/action/{name}``, by GET or POST, as CKAN answers: ``{"help", "success", "result" | "error"}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dothi.centres.opendata import quota
from dothi.centres.opendata.ckan import datastore, packages, people, site, solr
from dothi.centres.opendata.ckan.params import Params
from dothi.centres.opendata.ckan.registry import Action, Caller, actions
from dothi.centres.opendata.http import answers
from dothi.core.config import current
from dothi.core.errors import BadInput, DothiError, Forbidden, Gone, NotFound, TooMany, Unauthenticated, both
from dothi.kernel.identity.access import ANONYMOUS, Actor
from dothi.kernel.identity.bearer import authenticate
from dothi.kernel.identity.middleware import client_address

__all__ = ["act", "datastore", "packages", "people", "site"]  # importing them declares their actions

log = structlog.get_logger()
_JSON = "application/json;charset=utf-8"
_KINDS: tuple[tuple[type[DothiError], str, int], ...] = (
    (solr.SearchQueryError, "Search Query Error", 409),
    (BadInput, "Validation Error", 409),
    (NotFound, "Not Found Error", 404),
    (Gone, "Not Found Error", 404),
    (Unauthenticated, "Authorization Error", 403),
    (Forbidden, "Authorization Error", 403),
    (TooMany, "Too Many Requests Error", 429),
)


# No session is looked at here, only a key in the headers: there is nothing for a foreign page to forge.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, name: str) -> HttpResponseBase:
    """Carry out one action."""
    allowance = None
    try:
        actor = _actor(request)
        found = _found(name)
        allowance = quota.take(actor, client_address(request), found.cost)
        if not allowance.granted:
            raise quota.refusal(allowance)
        language = "en" if request.headers.get("Accept-Language", "").startswith("en") else "vi"
        result = found.handle(Params(_given(request)), Caller(actor, language))
        answer = _answer(name, {"success": True, "result": result})
    except DothiError as error:
        answer = _refused(name, error)
    told = answers.told(answer, allowance or quota.Allowance(0, 0, 0, granted=True))
    return answers.packed(request, told)


def _actor(request: HttpRequest) -> Actor:
    """Whoever the key belongs to; CKAN's clients send it without a scheme."""
    given = request.headers.get("X-CKAN-API-Key") or request.headers.get("Authorization", "")
    secret = given.removeprefix("Bearer ").strip()
    return (
        authenticate([(b"authorization", f"Bearer {secret}".encode("latin-1", "replace"))])
        if secret
        else ANONYMOUS
    )


def _found(name: str) -> Action:
    known = actions().get(name)
    if known is None:
        raise NotFound(both(f"Không có hành động “{name}”.", f"Action name not known: {name}"))
    return known


def _given(request: HttpRequest) -> Mapping[str, Any]:
    if request.method != "POST" or not request.body:
        return _texts(request.GET)
    if "json" not in (request.content_type or "") and request.POST:
        return _texts(request.POST)
    try:
        given = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        given = None
    if not isinstance(given, dict):
        raise BadInput(
            both("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object."), where="body"
        )
    return {**_texts(request.GET), **given}


def _texts(query: Any) -> dict[str, Any]:
    return {name: values if len(values) > 1 else values[0] for name, values in query.lists()}


def _answer(name: str, body: dict[str, Any], status: int = 200) -> HttpResponse:
    told = {"help": f"{current().url}/api/3/action/help_show?name={name}", **body}
    return HttpResponse(msgspec.json.encode(told), status=status, content_type=_JSON)


def _refused(name: str, error: DothiError) -> HttpResponse:
    kind, status = next(
        ((kind, status) for of, kind, status in _KINDS if isinstance(error, of)),
        ("Internal Server Error", error.status),
    )
    told: dict[str, Any] = {"__type": kind, "message": f"{kind}: {error}", "message_vi": error.text("vi")}
    if kind == "Validation Error" and error.where:
        told[error.where] = [str(error)]
    return _answer(name, {"success": False, "error": told}, status)
