"""HTTP sources against a real server: every way of paging, what is new only, busy services, secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from dothi.core.errors import BadInput
from dothi.kernel.pipelines.sources.base import SourceAway, Unchanged
from dothi.kernel.pipelines.sources.http import client
from dothi.kernel.pipelines.tests.extracting import declare, portions, read
from dothi.kernel.pipelines.tests.servers import Asked, Reply, serving

ROWS = [{"id": n, "at": f"2026-01-{n:02d}T00:00:00Z"} for n in range(1, 8)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BACKOFF_S", 0.01)


def by_page(asked: Asked) -> Reply:
    page, size = int(asked.params["page"]), int(asked.params["size"])
    return Reply({"items": ROWS[(page - 1) * size : page * size]})


def by_offset(asked: Asked) -> Reply:
    start, size = int(asked.params["skip"]), int(asked.params["top"])
    return Reply({"items": ROWS[start : start + size]})


def by_cursor(asked: Asked) -> Reply:
    start = int(asked.params.get("from", 0))
    end = start + 3
    return Reply({"items": ROWS[start:end], "meta": {"next": str(end) if end < len(ROWS) else None}})


def by_next(asked: Asked) -> Reply:
    start = int(asked.params.get("o", 0))
    link = f"/rows?o={start + 3}" if start + 3 < len(ROWS) else None
    return Reply({"items": ROWS[start : start + 3], "next": link})


def by_link(asked: Asked) -> Reply:
    start = int(asked.params.get("o", 0))
    more = start + 3 < len(ROWS)
    return Reply(
        {"items": ROWS[start : start + 3]},
        headers={"Link": f'</rows?o={start + 3}>; rel="next"'} if more else {},
    )


PAGINGS = {
    "page": (by_page, {"kind": "page", "param": "page", "size_param": "size", "size": 3}),
    "offset": (by_offset, {"kind": "offset", "param": "skip", "size_param": "top", "size": 3}),
    "cursor": (by_cursor, {"kind": "cursor", "param": "from", "path": "meta.next"}),
    "next": (by_next, {"kind": "next", "path": "next"}),
    "link": (by_link, {"kind": "link"}),
}


@pytest.mark.parametrize("kind", PAGINGS)
def test_every_page_is_read_once(kind, tmp_path) -> None:
    answers, paging = PAGINGS[kind]
    with serving(answers) as server:
        rows, place = read(
            declare(http={"url": f"{server.url}/rows", "records": "items", "paging": paging}), tmp_path
        )
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert "resume" not in place


@pytest.mark.parametrize("kind", PAGINGS)
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_run_that_was_cut_off_goes_on_behind_its_last_page(kind, cut, tmp_path) -> None:
    answers, paging = PAGINGS[kind]
    with serving(answers) as server:
        declared = declare(http={"url": f"{server.url}/rows", "records": "items", "paging": paging})
        before = [next_ for next_, _ in zip(portions(declared, tmp_path), range(cut), strict=False)]
        rows, _ = read(declared, tmp_path, before[-1].position)
    seen = [row["id"] for portion in before if portion.rows for row in portion.rows.to_pylist()]
    assert [*seen, *(row["id"] for row in rows)] == [1, 2, 3, 4, 5, 6, 7]


def test_what_has_not_changed_is_not_sent_again(tmp_path) -> None:
    def answers(asked: Asked) -> Reply:
        if asked.headers.get("If-None-Match") == '"1"':
            return Reply(status=304)
        return Reply(ROWS, headers={"ETag": '"1"'})

    with serving(answers) as server:
        declared = declare(http={"url": server.url})
        rows, place = read(declared, tmp_path)
        assert len(rows) == 7
        with pytest.raises(Unchanged):
            read(declared, tmp_path, place)
        assert len(read(declared, tmp_path, place, full=True)[0]) == 7


def test_only_what_is_newer_is_asked_for(tmp_path) -> None:
    def answers(asked: Asked) -> Reply:
        return Reply([row for row in ROWS if row["at"] > asked.params.get("after", "")])

    with serving(answers) as server:
        since = {"param": "after", "column": "at", "start": "2026-01-02T00:00:00Z"}
        declared = declare(mode="upsert", http={"url": server.url, "since": since})
        rows, place = read(declared, tmp_path)
        assert [row["id"] for row in rows] == [3, 4, 5, 6, 7]
        assert place == {"since": "2026-01-07T00:00:00Z"}
        assert read(declared, tmp_path, place) == ([], place)


def test_the_newest_value_may_be_asked_for_as_seconds_or_a_day(tmp_path) -> None:
    with serving(lambda asked: Reply([])) as server:
        for form, written in (("unix", "1767225600"), ("date", "2026-01-01")):
            since = {"param": "after", "column": "at", "start": "2026-01-01T00:00:00Z", "form": form}
            read(declare(http={"url": server.url, "since": since}), tmp_path)
            assert server.asked[-1].params == {"after": written}


def test_a_busy_service_is_asked_again(tmp_path) -> None:
    tries = iter([Reply(status=503, headers={"Retry-After": "0"}), Reply(status=429), Reply(ROWS)])
    with serving(lambda asked: next(tries)) as server:
        assert len(read(declare(http={"url": server.url}), tmp_path)[0]) == 7


def test_a_service_that_stays_away_is_said_to_be_away(tmp_path) -> None:
    with serving(lambda asked: Reply(status=502)) as server:
        with pytest.raises(SourceAway, match="HTTP 502"):
            read(declare(http={"url": server.url}), tmp_path)
        assert len(server.asked) == client.ATTEMPTS + 1
    with pytest.raises(SourceAway):
        read(declare(http={"url": server.url}), tmp_path)


def test_a_refusal_is_not_tried_again(tmp_path) -> None:
    with serving(lambda asked: Reply(status=404)) as server:
        with pytest.raises(BadInput, match="HTTP 404"):
            read(declare(http={"url": server.url}), tmp_path)
        assert len(server.asked) == 1


AUTHS = {
    "bearer": ({}, lambda asked: asked.headers.get("Authorization") == "Bearer s3cret"),
    "basic": ({"name": "me"}, lambda asked: asked.headers.get("Authorization") == "Basic bWU6czNjcmV0"),
    "header": ({"name": "X-Key"}, lambda asked: asked.headers.get("X-Key") == "s3cret"),
    "query": ({"name": "key"}, lambda asked: asked.params.get("key") == "s3cret"),
}


@pytest.mark.parametrize("kind", AUTHS)
def test_a_service_is_told_its_secret(kind, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DOTHI_SECRET_CITY_API", "s3cret")
    more, knows = AUTHS[kind]
    with serving(lambda asked: Reply(ROWS) if knows(asked) else Reply(status=401)) as server:
        auth = {"kind": kind, "secret": "city_api", **more}
        assert len(read(declare(http={"url": server.url, "auth": auth}), tmp_path)[0]) == 7


@pytest.mark.parametrize("kind", AUTHS)
def test_no_other_host_is_told_the_secret(kind, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DOTHI_SECRET_CITY_API", "s3cret")
    more, _ = AUTHS[kind]
    with (
        serving(lambda asked: Reply(ROWS)) as other,
        serving(lambda asked: Reply(status=302, headers={"Location": f"{other.url}/x"})) as server,
    ):
        read(
            declare(http={"url": server.url, "auth": {"kind": kind, "secret": "city_api", **more}}), tmp_path
        )
    (there,) = other.asked
    assert "s3cret" not in str(there)
    assert "bWU6czNjcmV0" not in str(there)


def test_the_next_page_is_not_followed_to_another_host(tmp_path) -> None:
    with serving(lambda asked: Reply({"items": ROWS, "next": "http://elsewhere.example/x"})) as server:
        declared = declare(
            http={"url": server.url, "records": "items", "paging": {"kind": "next", "path": "next"}}
        )
        with pytest.raises(BadInput, match="another host"):
            read(declared, tmp_path)


def test_a_secret_that_is_not_there_is_asked_for_by_name(tmp_path) -> None:
    with pytest.raises(BadInput, match="DOTHI_SECRET_NOT_THERE"):
        read(
            declare(http={"url": "http://127.0.0.1:9", "auth": {"kind": "bearer", "secret": "not_there"}}),
            tmp_path,
        )


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "//x", "gopher://x"])
def test_only_http_is_read(url, tmp_path) -> None:
    with pytest.raises(BadInput, match="HTTP address"):
        read(declare(http={"url": url}), tmp_path)


@pytest.mark.parametrize(
    ("body", "why"), [(b"<html>", "not answer JSON"), ({"a": [1, 2]}, "no records at 'rows'")]
)
def test_an_answer_that_is_no_records_is_said_so(body, why, tmp_path) -> None:
    with serving(lambda asked: Reply(body)) as server, pytest.raises(BadInput, match=why):
        read(declare(http={"url": server.url, "records": "rows"}), tmp_path)


def test_a_service_that_never_ends_is_stopped(tmp_path) -> None:
    with serving(lambda asked: Reply(ROWS)) as server:
        paging = {"kind": "page", "param": "p", "max_pages": 3}
        with pytest.raises(BadInput, match="More than 3 pages"):
            read(declare(http={"url": server.url, "paging": paging}), tmp_path)


def test_nested_and_mixed_values_become_text(tmp_path: Path) -> None:
    rows = [{"a": {"b": 1}, "n": 1, "m": 1}, {"a": None, "n": 2.5, "m": "x"}]
    with serving(lambda asked: Reply(rows)) as server:
        read_, _ = read(declare(http={"url": server.url}), tmp_path)
    assert read_ == [{"a": '{"b":1}', "n": 1.0, "m": "1"}, {"a": None, "n": 2.5, "m": "x"}]
