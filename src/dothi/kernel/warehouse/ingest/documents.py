"""JSON: a list of records (or the list within a document), a record a line, features of GeoJSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import shapely

from dothi.core.errors import BadInput, Text, both
from dothi.kernel.warehouse.conform import TYPES
from dothi.kernel.warehouse.ingest.converting import convert
from dothi.kernel.warehouse.ingest.inferring import TEXT, Form, infer
from dothi.kernel.warehouse.ingest.reading import ColumnFound, Reading, Report, names_of

_BATCH = 50_000
_SAMPLES = 20_000
_GEOMETRY = "geometry"


def read(path: Path, options: Mapping[str, Any]) -> Reading:
    """Open a JSON document: GeoJSON, a list of records, or an object that holds one list of them."""
    try:
        document = msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(f"Tệp không phải JSON: {error}", f"The file is not JSON: {error}") from None
    if isinstance(document, dict) and document.get("type") in ("FeatureCollection", "Feature"):
        features = document.get("features", [document])
        rows = [dict(each.get("properties") or {}) | {_GEOMETRY: each.get("geometry")} for each in features]
        return _reading("geojson", rows, options, places=True)
    return _reading("json", _records(document), options)


def read_lines(path: Path, options: Mapping[str, Any]) -> Reading:
    """Open a file with one JSON record a line."""
    rows = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                rows.append(msgspec.json.decode(line))
            except msgspec.DecodeError as error:
                raise _bad(
                    f"Dòng {number} không phải JSON: {error}", f"Line {number} is not JSON: {error}"
                ) from None
    return _reading("ndjson", _records(rows), options)


def _bad(vi: str, en: str) -> BadInput:
    return BadInput(both(vi, en), where="data")


def _records(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict):
        lists = [
            each
            for each in document.values()
            if isinstance(each, list) and each and isinstance(each[0], dict)
        ]
        document = lists[0] if len(lists) == 1 else [document]
    if not isinstance(document, list) or not all(isinstance(each, dict) for each in document):
        raise _bad("Cần một danh sách các bản ghi.", "A list of records is needed.")
    return document


def _reading(
    kind: str, rows: list[dict[str, Any]], options: Mapping[str, Any], *, places: bool = False
) -> Reading:
    headers = list(dict.fromkeys(name for row in rows for name in row))
    names = names_of(headers)
    types = options.get("types") or {}
    forms = [
        Form("geometry")
        if places and header == _GEOMETRY
        else _form(rows, header, types.get(name, types.get(header)))
        for header, name in zip(headers, names, strict=True)
    ]
    report = Report(kind, "utf-8")
    report.columns = [
        ColumnFound(name, header, form.type, form.style, form.note)
        for name, header, form in zip(names, headers, forms, strict=True)
    ]
    schema = pa.schema([pa.field(name, TYPES[form.type]) for name, form in zip(names, forms, strict=True)])
    return Reading(schema, _batches(rows, headers, forms, schema), report)


def _form(rows: Sequence[dict[str, Any]], header: str, wanted: str | None) -> Form:
    known = [row[header] for row in rows if row.get(header) is not None]
    kinds = {type(each) for each in known}
    if wanted is not None and wanted in TYPES:
        return Form(wanted, "iso" if wanted == "date" else "iso-zone" if wanted == "datetime" else "plain")
    if kinds == {str}:
        found = infer(known[:_SAMPLES])
        return found if found.type in ("date", "datetime") else TEXT  # JSON says itself what is a number
    if kinds == {bool}:
        return Form("boolean")
    if kinds == {int}:
        return Form("integer", "plain")
    if kinds <= {int, float} and kinds:
        return Form("number", "plain")
    return Form("json") if kinds & {dict, list} else TEXT


def _batches(
    rows: Sequence[dict[str, Any]], headers: Sequence[str], forms: Sequence[Form], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        arrays = [
            _array([row.get(header) for row in part], form, name)
            for header, form, name in zip(headers, forms, schema.names, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: list[Any], form: Form, name: str) -> pa.Array:
    if form.type == "geometry":
        return _geometries(values)
    if form.type == "json":
        return pa.array(
            [None if value is None else msgspec.json.encode(value).decode() for value in values], pa.string()
        )
    if form.type in ("boolean", "integer", "number") and not any(isinstance(value, str) for value in values):
        try:
            return pa.array(values, TYPES[form.type])
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise _bad(f"Cột “{name}”: {error}", f"Column '{name}': {error}") from None
    texts = [
        value if isinstance(value, str | None) else msgspec.json.encode(value).decode() for value in values
    ]
    return convert(pa.array(texts, pa.string()), form, name)


def _geometries(values: list[Any]) -> pa.Array:
    texts = [None if value is None else msgspec.json.encode(value).decode() for value in values]
    try:
        return pa.array(shapely.to_wkb(shapely.from_geojson(texts)), pa.binary())
    except shapely.GEOSException as error:
        why: Text = both(f"Hình học không đọc được: {error}", f"A geometry cannot be read: {error}")
        raise BadInput(why, where=_GEOMETRY) from None
