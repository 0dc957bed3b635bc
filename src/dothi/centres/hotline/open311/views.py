"""GeoReport v2: services, their definitions, requests, and a new request from anybody."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec

from allauth.core import ratelimit
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt

from dothi.centres.hotline import actions, queries
from dothi.centres.hotline.open311 import openapi, reading, shapes
from dothi.centres.hotline.taxonomy import catalogue, open311
from dothi.core.config import current
from dothi.core.errors import BadInput, DothiError, NotFound, TooMany, both
from dothi.engines import registry
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.identity.bearer import authenticate
from dothi.kernel.messages.rules import Recipient
from dothi.kernel.packs.reports import ReportCategory

MOST: Final = 1_000
P = ParamSpec("P")
Answer = tuple[str, Any, int]  # the name of the root element, the value, the status


def interface(
    *methods: str,
) -> Callable[[Callable[Concatenate[HttpRequest, P], Answer]], Callable[..., HttpResponseBase]]:
    """A function of the interface: answers in the format asked for, faults in the interface's own form."""

    def declare(view: Callable[Concatenate[HttpRequest, P], Answer]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @functools.wraps(view)
        def wrapped(request: HttpRequest, format: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            with override(_language(request)):
                try:
                    if request.method not in methods:
                        raise _NotAllowed(both("Phương thức không được phép.", "Method not allowed."))
                    root, value, status = view(request, *args, **kwargs)
                except DothiError as error:
                    root, value, status = "errors", _faults(error), error.status
                return _written(format, root, value, status)

        return wrapped

    return declare


class _NotAllowed(BadInput):
    status = 405


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("locale") or get_language() or "vi"
    return "en" if asked.startswith("en") else "vi"


def _lang() -> str:
    return "en" if (get_language() or "").startswith("en") else "vi"


def _faults(error: DothiError) -> list[dict[str, Any]]:
    told = [error.text(_lang())]
    if isinstance(error, Refused):
        told += [f"{where}: {text[_lang()]}" for where, text in error.errors.items()]
    return [{"code": error.status, "description": each} for each in told]


def _written(format: str, root: str, value: Any, status: int) -> HttpResponse:
    body: str | bytes = shapes.xml(root, value) if format == "xml" else json.dumps(value, ensure_ascii=False)
    answer = HttpResponse(body, content_type=f"{shapes.TYPES[format]}; charset=utf-8", status=status)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/open311/v2")


def _service(code: str) -> ReportCategory:
    found = catalogue.categories().get(code)
    if found is None:
        raise NotFound(both("service_code không có.", "The service_code was not found."))
    return found


@interface("GET", "HEAD")
def discovery(request: HttpRequest) -> Answer:
    """Where the interface is."""
    return "discovery", shapes.discovery(_base(request), current().url), 200


@interface("GET", "HEAD")
def services(request: HttpRequest) -> Answer:
    """What can be reported."""
    return "services", [open311.service(each, _lang()) for each in catalogue.categories().values()], 200


@interface("GET", "HEAD")
def definition(request: HttpRequest, code: str) -> Answer:
    """What is asked about one kind of report."""
    return "service_definition", open311.definition(_service(code), _lang()), 200


@interface("GET", "HEAD", "POST")
def requests(request: HttpRequest) -> Answer:
    """The public reports of a period, or a new one."""
    if request.method == "POST":
        return _posted(request)
    given = request.GET
    codes = reading.listed(given, "service_request_id")
    start, end = reading.period(given)
    found = queries.published(
        codes=codes, categories=reading.listed(given, "service_code"), status=reading.statuses(given),
        since=start, until=end,
    )[:MOST]  # fmt: skip
    known, base = catalogue.categories(), _base(request)
    rows = [shapes.request(each, known.get(each.category), _lang(), base) for each in found]
    return "service_requests", rows, 200


@interface("GET", "HEAD")
def one(request: HttpRequest, code: str) -> Answer:
    """One public report, as a list of one."""
    found = queries.public(code)
    row = shapes.request(found, catalogue.categories().get(found.category), _lang(), _base(request))
    return "service_requests", [row], 200


@interface("GET", "HEAD")
def token(request: HttpRequest, code: str) -> Answer:
    """The report of a token. Reports have their code at once, so that the code is the token."""
    found = queries.public(code)
    return "service_requests", [{"token": found.code, "service_request_id": found.code}], 200


def description(request: HttpRequest) -> HttpResponse:
    """The interface as OpenAPI."""
    return _written("json", "", openapi.document(_base(request)), 200)


def _not_too_much(request: HttpRequest) -> None:
    """An address may send 30 an hour; a program with an API token 600, counted by the token."""
    key = request.POST.get("api_key", "") or request.GET.get("api_key", "")
    actor = authenticate([(b"authorization", f"Bearer {key}".encode())]) if key else ANONYMOUS
    free = (
        ratelimit.consume(request, action="hotline_report_key", key=actor.reference)
        if actor.known
        else ratelimit.consume(request, action="hotline_report")
    )
    if not free:
        raise TooMany(both("Gửi quá nhiều, hãy thử lại sau.", "Too many reports; try again later."))


def _posted(request: HttpRequest) -> Answer:
    _not_too_much(request)
    given = request.POST
    assert isinstance(given, QueryDict)
    if not given.get("service_code"):
        raise BadInput(both("Thiếu service_code.", "The service_code is missing."), where="service_code")
    service = _service(given["service_code"])
    if not given.get("description", "").strip():
        raise BadInput(both("Thiếu description.", "The description is missing."), where="description")
    name = " ".join(filter(None, (given.get("last_name", "").strip(), given.get("first_name", "").strip())))
    made = actions.file_report(
        service.key, given["description"], by=ANONYMOUS, position=reading.position(given),
        place_words=given.get("address_string", "")[:300], answers=reading.answers(given, service), channel="open311",
        contact=Recipient(name=name, language=_lang(), email=given.get("email", ""), phone=given.get("phone", "")),
        language=_lang(), key=request.headers.get("Idempotency-Key"),
    )  # fmt: skip
    notice = "1022"
    if made.secret:
        notice = request.build_absolute_uri(f"/c/track/{made.code}/?k={made.secret}")
    row = {"service_request_id": made.code, "service_notice": notice, "account_id": None}
    return "service_requests", [row], 201


def photo(request: HttpRequest, code: str) -> HttpResponseBase:
    """The public photo of a report, faces and plates hidden."""
    try:
        found = queries.public(code)
    except NotFound:
        return HttpResponse(status=404)
    if not found.photo:
        return HttpResponse(status=404)
    answer = FileResponse(registry.blobs().open(found.photo), content_type="image/jpeg")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
