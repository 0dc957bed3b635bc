"""GeoReport v2 as this installation speaks it, as OpenAPI 3.1. Written from the specification; tests hold answers against it."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_MAYBE: Final = {"type": ["string", "null"]}
_TIME: Final = {"type": "string", "format": "date-time"}
_LATER: Final = {"type": ["string", "null"], "format": "date-time"}
_DEGREE: Final = {"type": ["number", "null"]}


def _thing(needed: tuple[str, ...], /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(needed),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(of: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{of}"}}


SCHEMAS: Final[dict[str, Any]] = {
    "service": _thing(
        ("service_code", "service_name", "metadata", "type"), service_code=_TEXT, service_name=_TEXT, description=_MAYBE,
        metadata={"type": "boolean"}, type={"enum": ["realtime", "batch", "blackbox"]}, keywords=_MAYBE, group=_MAYBE,
    ),
    "value": _thing(("key", "name"), key=_TEXT, name=_TEXT),
    "attribute": _thing(
        ("variable", "code", "datatype", "required"), variable={"type": "boolean"}, code=_TEXT,
        datatype={"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        required={"type": "boolean"}, datatype_description=_MAYBE, order={"type": ["integer", "null"]},
        description=_MAYBE, values=_list("value"),
    ),
    "definition": _thing(("service_code", "attributes"), service_code=_TEXT, attributes=_list("attribute")),
    "request": _thing(
        ("service_request_id", "status", "service_code", "requested_datetime"), service_request_id=_TEXT,
        status={"enum": ["open", "closed"]}, status_notes=_MAYBE, service_name=_MAYBE, service_code=_TEXT,
        description={"type": ["string", "null"], "maxLength": 4000}, agency_responsible=_MAYBE, service_notice=_MAYBE,
        requested_datetime=_TIME, updated_datetime=_LATER, expected_datetime=_LATER, address=_MAYBE, address_id=_MAYBE,
        zipcode=_MAYBE, lat=_DEGREE, long=_DEGREE, media_url=_MAYBE,
    ),
    "made": _thing(
        ("service_request_id",), service_request_id=_TEXT, service_notice=_MAYBE, account_id=_MAYBE
    ),
    "token": _thing(("token", "service_request_id"), token=_TEXT, service_request_id=_TEXT),
    "fault": _thing(("code", "description"), code={"type": "integer"}, description=_TEXT),
    "discovery": {"type": "object", "required": ["changeset", "contact", "endpoints"]},
}  # fmt: skip

_FAULTS: Final = {
    str(status): {
        "description": words,
        "content": {"application/json": {"schema": _list("fault")}},
    }
    for status, words in {
        400: "Something is missing or wrong; said in words", 404: "There is no such thing, or it is not public",
        401: "The api_key is wrong, expired or revoked",
        405: "Not by this method", 429: "Too much in an hour",
    }.items()
}  # fmt: skip


def _answers(schema: dict[str, Any], status: str = "200", *faults: int) -> dict[str, Any]:
    told = {str(each): _FAULTS[str(each)] for each in faults}
    return {
        status: {"description": "As asked", "content": {"application/json": {"schema": schema}}},
        **told,
    }


def _in(name: str, where: str = "query", words: str = "", **schema: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "in": where, "schema": schema or _TEXT, "required": where == "path"}
    return made | ({"description": words} if words else {})


_LOCALE: Final = _in("locale", words="vi or en")
_CODE: Final = _in("code", "path", pattern="^[A-Za-z0-9-]{1,60}$", type="string")
_FORM: Final = {
    "service_code": {"type": "string", "minLength": 1}, "description": {"type": "string", "pattern": "\\S", "maxLength": 4000}, "lat": _TEXT, "long": _TEXT, "address_string": _TEXT, "email": _TEXT,
    "phone": _TEXT, "first_name": _TEXT, "last_name": _TEXT, "api_key": _TEXT,
}  # fmt: skip


def document(base: str) -> dict[str, Any]:
    """The whole description, for servers at ``base``."""
    a_list = _answers
    ref = {name: {"$ref": f"#/components/schemas/{name}"} for name in SCHEMAS}
    search = [
        _in("service_request_id", words="Codes divided by commas; then nothing else counts"),
        _in("service_code", words="Divided by commas"), _in("status", words="open, closed or both"),
        _in("start_date", words="90 days at most"), _in("end_date"), _LOCALE,
    ]  # fmt: skip
    get = {
        "/discovery.json": ("Where the interface is", [], a_list(ref["discovery"])),
        "/services.json": ("What can be reported", [_LOCALE], a_list(_list("service"))),
        "/services/{code}.json": (
            "What is asked about it",
            [_CODE, _LOCALE],
            a_list(ref["definition"], "200", 404),
        ),
        "/requests/{code}.json": (
            "One public report",
            [_CODE, _LOCALE],
            a_list(_list("request"), "200", 404),
        ),
        "/tokens/{code}.json": ("The report of a token", [_CODE], a_list(_list("token"), "200", 404)),
        "/requests.json": ("Public reports", search, a_list(_list("request"), "200", 400)),
    }
    paths: dict[str, Any] = {
        path: {"get": {"summary": summary, "parameters": asked, "responses": answers}}
        for path, (summary, asked, answers) in get.items()
    }
    paths["/requests.json"]["post"] = {
        "summary": "Report something. Anybody may; an API token as api_key raises the limit of one address.",
        "parameters": [_in("Idempotency-Key", "header", "Sent again with it, a report is made once"), _LOCALE],
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": _thing(("service_code", "description"), **_FORM)}},
        },
        "responses": a_list(_list("made"), "201", 400, 401, 404, 429),
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": "2.0.0", "description": "XML at the same addresses with .xml."},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }  # fmt: skip
