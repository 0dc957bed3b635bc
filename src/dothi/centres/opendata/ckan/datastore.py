"""datastore_search, datastore_search_sql, datastore_info: the rows of a dataset."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.ckan import shapes
from dothi.centres.opendata.ckan.packages import resource_found
from dothi.centres.opendata.ckan.params import Params
from dothi.centres.opendata.ckan.registry import Caller, action
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.warehouse import queries as datasets
from dothi.kernel.warehouse import rules
from dothi.kernel.warehouse.models import DatasetVersion

MOST_ROWS: Final = 32_000
MOST_OFFSET: Final = 1_000_000
PAGE: Final = 10_000
ROW: Final = "_id"
TYPES: Final = {
    "string": "text", "integer": "int8", "number": "float8", "boolean": "bool", "date": "date",
    "datetime": "timestamptz", "geometry": "json", "json": "json",
}  # fmt: skip
_RESOURCE = re.compile(r'"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"', re.IGNORECASE)


def _table(rid: str, caller: Caller) -> tuple[Listing, DatasetVersion, list[dict[str, Any]]]:
    """The dataset, the version that serves, and the columns the caller may see."""
    listing, each = resource_found(rid)
    dataset = datasets.needed(listing.key)
    version = datasets.published(dataset)
    if each.key != shapes.TABLE or version is None:
        raise NotFound(both("Tài nguyên này không có bảng.", f"Resource '{rid}' has no table."))
    rules.require_read(caller.actor, access=dataset.access, state=dataset.state, unit=dataset.unit)
    seen = set(rules.visible_columns(caller.actor, version.columns, unit=dataset.unit))
    return listing, version, [column for column in version.columns if column["name"] in seen]


@action("datastore_search", cost=2)
def datastore_search(params: Params, caller: Caller) -> dict[str, Any]:
    """Rows of a resource: ``resource_id``, ``filters``, ``q``, ``fields``, ``sort``, ``limit``, ``offset`` or ``after``."""
    listing, version, columns = _table(params.needed("resource_id", "id"), caller)
    names = _fields(params, columns)
    limit, offset = params.number("limit", 100, MOST_ROWS), params.number("offset", 0, MOST_OFFSET + 1)
    if offset > MOST_OFFSET:
        raise BadInput(
            both(
                "Hãy dùng after thay cho offset.", f"Beyond {MOST_OFFSET} rows use 'after' of '_links.next'."
            ),
            where="offset",
        )
    where, order = _where(params, columns), _order(params, columns)
    rows, following = _rows(version, names, where, order, params.text("after") or None, offset, limit)
    result = {
        "resource_id": params.needed("resource_id", "id"),
        "fields": [
            {"id": ROW, "type": "int"},
            *(_field(column) for column in columns if column["name"] in names),
        ],
        "records_format": params.text("records_format", "objects"),
        "records": _shown(params, names, rows, offset),
        "limit": limit,
        "offset": offset,
        "include_total": params.flag("include_total", True),
        "_links": _links(listing, params, limit, offset, following),
    }
    if where:
        result["filters"] = {column: value for column, _, value in where}
    if result["include_total"]:
        result["total"] = version.rows if not where else _count(version, where)
        result["total_was_estimated"] = False
    return result


def _fields(params: Params, columns: Sequence[Mapping[str, Any]]) -> list[str]:
    known = [column["name"] for column in columns]
    wanted = [name for name in params.many("fields") if name != ROW] or known
    for name in wanted:
        if name not in known:
            raise BadInput(both(f"Không có cột “{name}”.", f"field '{name}' not in table"), where="fields")
    return wanted


def _where(params: Params, columns: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, Any]]:
    known = {column["name"]: column["type"] for column in columns}
    given = params.structure("filters") or {}
    if not isinstance(given, Mapping):
        raise BadInput(both("filters là một đối tượng.", "filters must be an object"), where="filters")
    where = [(name, "in" if isinstance(value, list) else "eq", value) for name, value in given.items()]
    text = params.structure("q")
    if isinstance(text, Mapping):
        where += [(name, "contains", str(value)) for name, value in text.items()]
    elif text:
        where.append((_searched(known), "contains", str(text)))
    for name, _, _ in where:
        if name not in known:
            raise BadInput(both(f"Không có cột “{name}”.", f"field '{name}' not in table"), where="filters")
    return where


def _searched(known: Mapping[str, str]) -> str:
    """The column a plain ``q`` looks in: the only text column. With several the reader names one."""
    texts = [name for name, kind in known.items() if kind == "string"]
    if len(texts) != 1:
        raise BadInput(
            both(
                'Hãy ghi cột: q={"cột": "từ"}.',
                f'Name the column: q={{"{texts[0] if texts else "column"}": "word"}}',
            ),
            where="q",
        )
    return texts[0]


def _order(params: Params, columns: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool]]:
    known, made = {column["name"] for column in columns}, []
    for part in params.many("sort"):
        name, _, direction = (
            part.rpartition(" ") if part.lower().endswith((" asc", " desc")) else (part, "", "asc")
        )
        name = name.strip().strip('"')
        if name == ROW:
            continue
        if name not in known:
            raise BadInput(both(f"Không có cột “{name}”.", f"field '{name}' not in table"), where="sort")
        made.append((name, direction.lower() == "desc"))
    return made


def _rows(
    version: DatasetVersion, names: list[str], where: list[tuple[str, str, Any]], order: list[tuple[str, bool]],
    after: str | None, offset: int, limit: int,
) -> tuple[list[tuple[Any, ...]], str | None]:  # fmt: skip
    """Rows behind a cursor, or behind ``offset`` rows that are read and left out."""
    from dothi.kernel.warehouse import serving  # brings Arrow with it

    asked = serving.where(version.columns, where)
    rows: list[tuple[Any, ...]] = []
    skip, cursor = (0 if after else offset), after
    while skip or len(rows) < limit:
        page = serving.page(
            version,
            where=asked,
            order=order,
            after=cursor,
            limit=min(PAGE, skip or limit - len(rows)),
            columns=names,
        )
        if skip:
            skip -= len(page.rows)
        else:
            rows += page.rows
        cursor = page.next
        if cursor is None:
            break
    return rows, cursor


def _count(version: DatasetVersion, where: list[tuple[str, str, Any]]) -> int:
    from dothi.kernel.warehouse import serving  # brings Arrow with it

    page = serving.aggregate(version, measures=[("count", "*")], where=serving.where(version.columns, where))
    return int(page.rows[0][0])


def _field(column: Mapping[str, Any]) -> dict[str, Any]:
    label = column.get("label") or {}
    info = {"label": label.get("vi", ""), "label_en": label.get("en", ""), "unit": column.get("unit", "")}
    return {"id": column["name"], "type": TYPES.get(column["type"], "text"), "info": info}


def _shown(params: Params, names: list[str], rows: list[tuple[Any, ...]], offset: int) -> Any:
    form = params.text("records_format", "objects")
    plain = [[offset + place, *map(_plain, row)] for place, row in enumerate(rows, start=1)]
    if form == "objects":
        return [dict(zip((ROW, *names), row, strict=True)) for row in plain]
    if form == "lists":
        return plain
    if form not in ("csv", "tsv"):
        raise BadInput(
            both("Có: objects, lists, csv, tsv.", "One of objects, lists, csv, tsv"), where="records_format"
        )
    text = io.StringIO()
    csv.writer(text, delimiter="," if form == "csv" else "\t", lineterminator="\n").writerows(plain)
    return text.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _links(
    listing: Listing, params: Params, limit: int, offset: int, following: str | None
) -> dict[str, str]:
    start = f"/api/3/action/datastore_search?resource_id={shapes.resource_id(listing, shapes.TABLE)}&limit={limit}"
    if following is None:
        return {"start": start}
    return {"start": start, "next": f"{start}&offset={offset + limit}&after={following}"}


@action("datastore_info")
def datastore_info(params: Params, caller: Caller) -> dict[str, Any]:
    """The columns of a resource and how many rows it has (``id``)."""
    listing, version, columns = _table(params.needed("id", "resource_id"), caller)
    meta = {
        "id": shapes.resource_id(listing, shapes.TABLE),
        "count": version.rows,
        "table_type": "BASE TABLE",
    }
    return {"meta": meta, "fields": [_field(column) for column in columns]}


@action("datastore_search_sql", cost=10)
def datastore_search_sql(params: Params, caller: Caller) -> dict[str, Any]:
    """Rows of one SELECT (``sql``) over resources named by their id, or datasets by their name."""
    from dothi.kernel.warehouse.sandbox import ask  # brings Arrow and sqlglot with it

    sql = params.needed("sql")
    names = {}
    for rid in dict.fromkeys(_RESOURCE.findall(sql)):
        listing, _ = resource_found(rid.lower())
        names[rid] = listing.key
    answer = ask.run(
        sql,
        actor=caller.actor,
        purpose=params.text("purpose"),
        limit=MOST_ROWS,
        datasets=names,
        dialect="postgres",
    )
    records = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
    made: dict[str, Any] = {
        "sql": sql,
        "fields": [{"id": field.name, "type": _sql_type(str(field.type))} for field in answer.table.schema],
        "records": records,
    }
    return made | {"records_truncated": True} if answer.truncated else made


def _sql_type(arrow: str) -> str:
    kinds = {"int": "int8", "uint": "int8", "double": "float8", "float": "float8", "decimal": "numeric", "bool": "bool",
             "timestamp": "timestamptz", "date": "date"}  # fmt: skip
    return next((made for begin, made in kinds.items() if arrow.startswith(begin)), "text")


@action("datastore_resource_exists")
def datastore_resource_exists(params: Params, caller: Caller) -> bool:
    """Whether a resource has rows to search (``id``)."""
    try:
        _table(params.needed("id"), caller)
    except (NotFound, Conflict):
        return False
    return True
