"""Reads an HTTP service: pages of JSON records, or one file. Asks only for what is new where the service can tell."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from dothi.core.clock import from_us, parse_iso, us
from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import HttpSource, Since, SourceDeclaration
from dothi.kernel.pipelines import reading, records
from dothi.kernel.pipelines.sources.base import Portion, Position, Restart, Task, Unchanged
from dothi.kernel.pipelines.sources.http import paging
from dothi.kernel.pipelines.sources.http.client import Answer, Client

_FILES: Final = frozenset({"csv", "xlsx", "ods", "parquet", "geojson", "ndjson", "tsv", "zip"})


class HttpExtractor:
    """A portion a page."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.http
        assert spec is not None
        client = Client(spec.url, auth=spec.auth, headers=spec.headers, timeout_s=spec.timeout_s)
        if format_of(spec) in _FILES:
            yield from download(client, spec.url, format_of(spec), spec.options, position, task)
        else:
            yield from _Pages(spec, client, task).read(position)


def format_of(spec: HttpSource) -> str:
    """The declared format, else what the address ends with, else JSON."""
    suffix = PurePosixPath(urlsplit(spec.url).path).suffix.lower().lstrip(".")
    return spec.format or (suffix if suffix in _FILES else "json")


def download(
    client: Client, url: str, format: str, options: Mapping[str, Any], position: Position, task: Task
) -> Iterator[Portion]:
    """A file, unless the service says that it is the one we have."""
    if "resume" in position:  # a download that was cut off may be of other content: begin again
        raise Restart
    known = {} if task.full else dict(position.get("conditions", {}))
    target = task.folder / f"download.{format}"
    answer = client.download(url, target, headers=known)
    if answer.status == 304:
        raise Unchanged
    task.say(f"Đã tải {target.stat().st_size:,} byte", f"Downloaded {target.stat().st_size:,} bytes")
    for _, file in reading.unpacked(target, None, task.folder):
        kind = None if format == "zip" else format
        for rows, report in reading.tables(file, format=kind, records_at=None, options=options):
            task.check()
            yield Portion(rows, {"resume": {}}, report=report)
    yield Portion(None, {"conditions": answer.conditions()})


class _Pages:
    """The pages of one run."""

    def __init__(self, spec: HttpSource, client: Client, task: Task) -> None:
        self.spec, self.client, self.task = spec, client, task

    def read(self, position: Position) -> Iterator[Portion]:
        kept = {} if self.task.full else {k: v for k, v in position.items() if k != "resume"}
        resume = position.get("resume") or {}
        place: paging.Place | None = resume["place"] if resume else paging.first(self.spec)
        high, number, conditions = resume.get("high"), int(resume.get("pages", 0)), {}
        while place is not None:
            self.task.check()
            answer = self._ask(place, kept)
            if answer.status == 304:
                raise Unchanged
            document = answer.document()
            rows = records.found(document, self.spec.records, self.spec.url)
            high = self._higher(high, rows)
            number += 1
            self._limit(number)
            place = paging.following(self.spec, place, answer, document, len(rows), self.client)
            conditions = answer.conditions() if self.spec.paging is None else {}
            if rows:
                here = {"place": place, "high": high, "pages": number}
                yield Portion(records.table(rows), kept | {"resume": here})
            time.sleep(self.spec.pause_ms / 1000 if place is not None else 0)
        yield Portion(None, self._end(kept, high, conditions))

    def _ask(self, place: paging.Place, kept: Mapping[str, Any]) -> Answer:
        url, params = paging.request(self.spec, place)
        since = self.spec.since
        value = kept.get("since") or (since.start if since else "")
        if since is not None and value and "url" not in place:
            params[since.param] = _written(since, value)
        conditions = kept.get("conditions", {}) if self.spec.paging is None else {}
        return self.client.get(url, params, headers=conditions)

    def _higher(self, high: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
        if self.spec.since is None:
            return None
        values = [value for row in rows if (value := records.at(row, self.spec.since.column)) is not None]
        return max([*values, *([] if high is None else [high])], default=None)

    def _end(self, kept: dict[str, Any], high: Any, conditions: dict[str, str]) -> dict[str, Any]:
        if self.spec.since is not None:
            return kept | ({} if high is None else {"since": high})
        return {"conditions": conditions} if conditions else {}

    def _limit(self, pages: int) -> None:
        if self.spec.paging is not None and pages > self.spec.paging.max_pages:
            raise BadInput(
                both(
                    f"Quá {self.spec.paging.max_pages} trang; hãy tăng max_pages.",
                    f"More than {self.spec.paging.max_pages} pages; raise max_pages.",
                ),
                where="paging.max_pages",
            )


def _written(since: Since, value: Any) -> str:
    """The newest value we have, as the service wants it."""
    if since.form == "text":
        return str(value)
    at: datetime = from_us(int(value) * 1_000_000) if isinstance(value, int) else parse_iso(str(value))
    return at.date().isoformat() if since.form == "date" else str(us(at) // 1_000_000)


EXTRACTOR = HttpExtractor()
