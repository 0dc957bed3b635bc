"""What each address of ``/data/v1`` answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from dothi.core.errors import BadInput, Forbidden, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse import lookup, rules, serving
from dothi.kernel.warehouse.http import downloads
from dothi.kernel.warehouse.http.answers import (
    Answer,
    Header,
    encode,
    etag_of,
    header,
    span,
    unchanged,
    validators,
)
from dothi.kernel.warehouse.http.asked import Asked, asked, groups, measures, parameters
from dothi.kernel.warehouse.http.permitted import Permitted, permitted
from dothi.kernel.warehouse.serving import Page
from dothi.kernel.warehouse.serving.service import cursor_version

_PATH = re.compile(
    r"/([a-z0-9][a-z0-9-]{0,99})(?:/versions/([0-9]{1,9}))?(?:/(rows|aggregate|summary|download\.([a-z]{1,8}))(?:/(.+))?)?/?"
)
_PAGE = 100
_GROUPS = 1000
_STREAM_ROWS = 100_000  # fewer are written in a moment: then the file is there, with its length and ranges


class Call:
    """A request: which version, who asks, what they may see, the parameters."""

    def __init__(
        self,
        key: str,
        number: int | None,
        pairs: Sequence[tuple[str, str]],
        headers: Sequence[Header],
        actor: Actor,
    ) -> None:
        self.pinned = number is not None
        self.pairs, self.headers = pairs, headers
        plain = dict(pairs)
        if number is None and plain.get("after"):
            number = cursor_version(plain["after"])  # pages go on in the version they began in
        self.found = lookup.find(key, number)
        self.view: Permitted = permitted(self.found, actor, plain.get("purpose", ""))
        self.public = rules.is_open(self.found.access, self.found.state) and not actor.known

    def asked(self, limit: int) -> Asked:
        """The question, naming only columns that may be seen as they are."""
        return asked(self.pairs, self.view.clear, limit=limit)

    def etag(self, *more: Any) -> str:
        """The validator of an answer to these parameters from what this sender sees of the version."""
        view = self.view
        return etag_of(
            self.found.ref.version, view.shown, sorted(view.masks.items()), view.where, self.pairs, more
        )

    def head(self, etag: str) -> list[Header]:
        """Validators and how long the answer may be kept."""
        return validators(etag, self.found.published_at, public=self.public, pinned=self.pinned)

    def unchanged(self, etag: str) -> Answer | None:
        """The answer that says the client has it already, if so."""
        if unchanged(self.headers, etag, self.found.published_at):
            return Answer(304, self.head(etag))
        return None


def answer(path: str, query_string: bytes, headers: Sequence[Header], actor: Actor) -> Answer:
    """Answer a request; raises the :class:`DothiError` it is refused with."""
    parts = _PATH.fullmatch(path)
    if parts is None:
        raise NotFound(both("Không có địa chỉ này.", "There is no such address."))
    key, number, what, form, rest = parts.groups()
    if rest is not None and what != "rows":
        raise NotFound(both("Không có địa chỉ này.", "There is no such address."))
    call = Call(key, int(number) if number else None, parameters(query_string), headers, actor)
    if form is not None:
        return download(call, form)
    if what == "rows":
        return rows(call) if rest is None else row(call, rest)
    views: dict[str | None, Callable[[Call], Answer]] = {
        None: about,
        "aggregate": aggregate,
        "summary": summary,
    }
    return views[what](call)


def _json(call: Call, make: Callable[[], tuple[Any, list[Header]]]) -> Answer:
    etag = call.etag("json")
    known = call.unchanged(etag)
    if known is not None:
        return known
    document, more = make()
    return Answer(200, [(b"content-type", b"application/json"), *call.head(etag), *more], encode(document))


def rows(call: Call) -> Answer:
    """A page of rows; ``shape=arrays`` gives rows as lists instead of objects."""

    def make() -> tuple[Any, list[Header]]:
        question = call.asked(_PAGE)
        names = call.view.names(question.columns)
        _may_box(call, question)
        page = serving.page(
            call.found.ref, where=(*call.view.where, *question.where), order=question.order, after=question.after,
            limit=question.limit, columns=names, bbox=question.bbox,
        )  # fmt: skip
        return _page(call, page, names, question)

    return _json(call, make)


def _may_box(call: Call, question: Asked) -> None:
    """A box tells about the columns places are made of: they must be columns the sender may see."""
    if question.bbox is None:
        return
    clear = {column["name"] for column in call.view.clear}
    for column in call.found.ref.columns:
        placed = column["type"] == "geometry" or column.get("role") in ("longitude", "latitude", "geometry")
        if placed and column["name"] not in clear:
            raise Forbidden(both("Bạn không được xem vị trí.", "You may not see the places."), where="bbox")


def _shown(call: Call, page: Page, names: Sequence[str]) -> list[tuple[Any, ...]]:
    renderers = call.view.renderers(names)
    if not any(renderers):
        return page.rows
    return [
        tuple(value if show is None else show(value) for value, show in zip(each, renderers, strict=True))
        for each in page.rows
    ]


def _page(call: Call, page: Page, names: Sequence[str], question: Asked) -> tuple[Any, list[Header]]:
    shown = _shown(call, page, names)
    arrays = question.plain.get("shape") == "arrays"
    document = {
        "dataset": call.found.ref.key,
        "version": call.found.ref.number,
        "columns": names,
        "matched": page.matched,
        "next": page.next,
        "rows": shown if arrays else [dict(zip(names, each, strict=True)) for each in shown],
    }
    return document, _next(call, page)


def _next(call: Call, page: Page) -> list[Header]:
    if page.next is None:
        return []
    pairs = [(name, value) for name, value in call.pairs if name not in ("after", "ticket")]
    query = urlencode([*pairs, ("after", page.next)], quote_via=quote)
    pinned = f"/versions/{call.found.ref.number}" if call.pinned else ""
    return [(b"link", f'</data/v1/{call.found.ref.key}{pinned}/rows?{query}>; rel="next"'.encode())]


def row(call: Call, key: str) -> Answer:
    """One row by its key."""
    where = _key_filters(call, key)
    names = call.view.names(None)

    def make() -> tuple[Any, list[Header]]:
        page = serving.page(call.found.ref, where=where, limit=1, columns=names)
        if not page.rows:
            raise NotFound(both("Không có dòng này.", "There is no such row."))
        return dict(zip(names, _shown(call, page, names)[0], strict=True)), []

    return _json(call, make)


def _key_filters(call: Call, key: str) -> list[serving.Filter]:
    """The key as conditions among the rows that are permitted."""
    ref = call.found.ref
    parts = key.split(",") if len(ref.key_columns) > 1 else [key]
    if not ref.key_columns or len(parts) != len(ref.key_columns):
        raise BadInput(
            both("Khóa không khớp cột khóa.", "The key does not fit the key columns."), where="key"
        )
    pairs = [(name, part) for name, part in zip(ref.key_columns, parts, strict=True)]
    return [*call.view.where, *serving.where(call.view.clear, [(name, "eq", part) for name, part in pairs])]


def aggregate(call: Call) -> Answer:
    """Groups and measures: ``by=ward,created_at:month&measures=count,avg(hours)``."""

    def make() -> tuple[Any, list[Header]]:
        plain = dict(call.pairs)
        kept = [(name, value) for name, value in call.pairs if name != "order"]
        question = asked(kept, call.view.clear, limit=_GROUPS)
        by, wanted = groups(plain.get("by", "")), measures(plain.get("measures", ""))
        _all_clear(
            call, [each.partition(":")[0] for each in by] + [name for _, name in wanted if name != "*"]
        )
        _may_box(call, question)
        order = [(each.removeprefix("-"), each.startswith("-")) for each in groups(plain.get("order", ""))]
        page = serving.aggregate(
            call.found.ref, by=by, measures=wanted, where=(*call.view.where, *question.where), order=order,
            limit=question.limit, bbox=question.bbox,
        )  # fmt: skip
        listed = [dict(zip(page.columns, each, strict=True)) for each in page.rows]
        document = {
            "dataset": call.found.ref.key, "version": call.found.ref.number, "columns": page.columns,
            "matched": page.matched, "rows": page.rows if plain.get("shape") == "arrays" else listed,
        }  # fmt: skip
        return document, []

    return _json(call, make)


def _all_clear(call: Call, names: Sequence[str]) -> None:
    clear = {column["name"] for column in call.view.clear}
    known = {column["name"] for column in call.found.ref.columns}
    for name in names:
        if name in known and name not in clear:
            raise Forbidden(
                both(f"Bạn không được xem cột “{name}”.", f"You may not see the column '{name}'.")
            )


def summary(call: Call) -> Answer:
    """The profile of every column that may be seen as it is; only for who sees every row."""
    if call.view.where:
        raise Forbidden(
            both("Thống kê chỉ cho người xem được mọi dòng.", "The profile is for who may see every row.")
        )
    clear = {column["name"] for column in call.view.clear}
    return _json(
        call, lambda: ([each for each in serving.summary(call.found.ref) if each["name"] in clear], [])
    )


def about(call: Call) -> Answer:
    """What the dataset is, the columns that may be seen, the versions there are."""
    found, ref = call.found, call.found.ref

    def make() -> tuple[Any, list[Header]]:
        shown = set(call.view.shown)
        document = {
            "dataset": ref.key, "title": found.title, "version": ref.number, "rows": ref.rows,
            "published_at": found.published_at, "licence": found.licence, "provenance": found.provenance,
            "columns": [column for column in ref.columns if column["name"] in shown], "key_columns": ref.key_columns,
            "versions": lookup.versions(ref.key), "formats": list(downloads.MEDIA),
        }  # fmt: skip
        return document, []

    return _json(call, make)


def download(call: Call, form: str) -> Answer:
    """Everything the sender may see, or the rows that fulfil the conditions, as a file."""
    if form not in downloads.MEDIA:
        known = ", ".join(downloads.MEDIA)
        raise NotFound(
            both(f"Không có định dạng này; có: {known}.", f"There is no such format; there are: {known}.")
        )
    question = call.asked(_PAGE)
    _may_box(call, question)
    names = call.view.names(question.columns)
    bom = question.plain.get("bom") in ("1", "true")
    etag = call.etag(form)
    known_already = call.unchanged(etag)
    if known_already is not None:
        return known_already
    by_name = {column["name"]: column for column in call.found.ref.columns}
    declared = tuple(by_name[name] for name in names if name in by_name)
    columns = downloads.Columns(declared, tuple(call.view.renderers(names)))
    reader = serving.table(
        call.found.ref, where=(*call.view.where, *question.where), columns=names, bbox=question.bbox
    )
    # What depends on who asks, or on what was asked, is written for this one answer only.
    everybody = call.view.whole and not question.where and question.bbox is None and question.columns is None
    path = downloads.export_path(
        call.found.ref, f"{'bom-' if bom else ''}{'all' if everybody else etag}.{form}"
    )
    headers = [*call.head(etag), (b"content-type", downloads.MEDIA[form].encode()), _disposition(call, form)]
    small = call.found.ref.rows <= _STREAM_ROWS or header(call.headers, b"range") is not None
    if form in downloads.TEXTS and not (everybody and (small or path.exists())):
        pieces = downloads.stream(form, reader, columns, bom)
        return Answer(200, headers, pieces=downloads.kept(path, pieces) if everybody else pieces)
    if not path.exists():
        downloads.write(path, form, reader, columns, bom)
    if everybody:
        return _file(call, path, etag, headers)
    size = path.stat().st_size
    return Answer(200, [*headers, (b"content-length", str(size).encode())], pieces=downloads.once(path))


def _disposition(call: Call, form: str) -> Header:
    ref = call.found.ref
    return (b"content-disposition", f'attachment; filename="{ref.key}-v{ref.number}.{form}"'.encode())


def _file(call: Call, path: Any, etag: str, headers: list[Header]) -> Answer:
    size = path.stat().st_size
    ranged = span(call.headers, size, etag)
    headers = [*headers, (b"accept-ranges", b"bytes")]
    if ranged is None:
        return Answer(200, [*headers, (b"content-length", str(size).encode())], file=path, end=size)
    start, end = ranged
    if start >= size:
        return Answer(416, [(b"content-range", f"bytes */{size}".encode())])
    headers += [
        (b"content-range", f"bytes {start}-{end - 1}/{size}".encode()),
        (b"content-length", str(end - start).encode()),
    ]
    return Answer(206, headers, file=path, start=start, end=end)
