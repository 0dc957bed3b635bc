"""Reads a resource of a CKAN portal through its Action API: the rows of its table, else its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import CkanSource, SourceDeclaration
from dothi.kernel.pipelines import records
from dothi.kernel.pipelines.sources.base import Portion, Position, Task, Unchanged
from dothi.kernel.pipelines.sources.http.client import Client, origin
from dothi.kernel.pipelines.sources.http.extractor import download


class CkanExtractor:
    """A portion a page of the table, or those of the file."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.ckan
        assert spec is not None
        client = Client(spec.url, auth=spec.auth)
        resource = _ask(client, spec, "resource_show", {"id": spec.resource})
        mark = "|".join(str(resource.get(name) or "") for name in ("last_modified", "hash", "size"))
        seen = "" if task.full else position.get("mark", "")
        if mark.strip("|") and mark == seen and "resume" not in position:
            raise Unchanged
        if resource.get("datastore_active"):
            yield from _rows(client, spec, position, task, mark)
            return
        url = str(resource.get("url") or "")
        reader = client if origin(url) == origin(spec.url) else Client(url)
        format = str(resource.get("format") or "csv").lower()
        for portion in download(reader, url, format, spec.options, position, task):
            yield portion if portion.rows is not None else Portion(None, portion.position | {"mark": mark})


def _ask(client: Client, spec: CkanSource, action: str, params: dict[str, Any]) -> dict[str, Any]:
    url = f"{spec.url.rstrip('/')}/api/3/action/{action}"
    answer = client.get(url, params).document()
    if not (isinstance(answer, dict) and answer.get("success") and isinstance(answer.get("result"), dict)):
        raise BadInput(both(f"{url} không trả kết quả CKAN.", f"{url} does not answer as CKAN does."))
    result: dict[str, Any] = answer["result"]
    return result


def _rows(client: Client, spec: CkanSource, position: Position, task: Task, mark: str) -> Iterator[Portion]:
    """Pages in the order of CKAN's own row number; each asks for what lies behind the last number."""
    offset = int(position.get("resume", {}).get("offset", 0))
    while True:
        task.check()
        params = {"resource_id": spec.resource, "limit": spec.page, "offset": offset, "sort": "_id"}
        result = _ask(client, spec, "datastore_search", params)
        found = result.get("records") or []
        offset += len(found)
        if found:
            rows = [{name: value for name, value in row.items() if name != "_id"} for row in found]
            yield Portion(
                records.table(rows), {"mark": mark, "resume": {"offset": offset}}, total=result.get("total")
            )
        if len(found) < spec.page:
            break
    yield Portion(None, {"mark": mark})


EXTRACTOR = CkanExtractor()
