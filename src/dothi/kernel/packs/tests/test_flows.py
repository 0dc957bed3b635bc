"""Declared datasets, sources and models: right ones load, wrong ones name the mistake, its line and what was meant."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dothi.kernel.packs import flow_checks, flow_messages, flow_sql, sql_files
from dothi.kernel.packs.loader import check, load
from dothi.kernel.packs.problems import render_text

PACK = "key: flows\nversion: 1.0.0\nlabel: {vi: Thử, en: Test}\nowner: Somebody\nquality: bronze\n"
AIR = """\
key: air
title: {vi: Không khí, en: Air}
description: {vi: Để thử., en: For tests.}
licence: cc-by-4.0
publisher: test
publisher_label: {vi: Người thử, en: A tester}
source: {vi: Tự tạo., en: Made here.}
key_columns: [station]
spatial: [106, 10, 107, 11]
columns:
  - {name: station, type: string, label: {vi: Trạm, en: Station}, role: key}
  - {name: pm25, type: number, label: {vi: Bụi mịn, en: Fine dust}, unit: ug/m3}
checks:
  - {not_null: [station]}
  - {range: {column: pm25, min: 0}, severity: warn}
  - {reference: {columns: [station], dataset: air, to: [station]}}
"""
SOURCE = """\
key: air-http
label: {vi: Nguồn, en: Source}
dataset: air
schedule: "0 * * * *"
mode: upsert
http: {url: "https://example.org/air", since: {param: after, column: at}}
"""
DAILY = AIR.replace("key: air", "key: air-daily").replace("dataset: air,", "dataset: air-daily,")
MODEL = """\
/*
key: air-daily
label: {vi: Theo ngày, en: Daily}
dataset: air-daily
incremental: {column: pm25}
*/
WITH near AS (SELECT * FROM air)
SELECT station, avg(pm25) AS pm25 FROM near WHERE pm25 > :since GROUP BY station
"""
FILES = {
    "pack.yaml": PACK,
    "datasets/air.yaml": AIR,
    "datasets/air-daily.yaml": DAILY,
    "sources/air-http.yaml": SOURCE,
    "pipelines/air-daily.sql": MODEL,
}


@pytest.fixture
def make(tmp_path: Path):
    def write(file: str = "", old: str = "", new: str = "") -> Path:
        folder = tmp_path / "flows"
        for path, text in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            assert path != file or old in text, old
            (folder / path).write_text(text.replace(old, new, 1) if path == file else text, encoding="utf-8")
        return folder

    return write


def test_what_is_right_has_no_problem(make) -> None:
    assert render_text(check([make()])) == ""
    loaded = load(make())
    assert [each.key for each in loaded.datasets] == ["air-daily", "air"]
    assert loaded.sources[0].kind == "http"
    assert loaded.pipelines[0].sql.startswith("WITH near")


def test_a_pack_without_data_keeps_its_digest(make) -> None:
    folder = make()
    for part in ("datasets", "sources", "pipelines"):
        for path in (folder / part).iterdir():
            path.unlink()
    assert b"datasets" not in load(folder).content()


D, S, M = "datasets/air.yaml", "sources/air-http.yaml", "pipelines/air-daily.sql"
BAD = [
    (D, "key: air\n", "key: Air\n", "wrong-form", "key", None),
    (D, "type: number", "type: nubmer", "not-a-choice", "columns[1].type", "number"),
    (D, "key_columns: [station]", "key_columns: [staton]", "unknown-column", "key_columns[0]", "station"),
    (D, "- {name: pm25", "- {name: station", "duplicate-column", "columns[1].name", None),
    (D, "[106, 10, 107, 11]", "[106, 10, 107]", "not-a-box", "spatial", None),
    (D, "{not_null: [station]}", "{not_null: [station], unique: [station]}", "check-kinds", "checks[0]", None),
    (D, "{not_null: [station]}", "{severity: warn}", "check-kinds", "checks[0]", None),
    (D, "{not_null: [station]}", "{not_null: [sation]}", "unknown-column", "checks[0].not_null[0]", "station"),
    (D, "column: pm25, min: 0", "column: pm25", "range-open", "checks[1].range", None),
    (D, "dataset: air, to: [station]", "dataset: airr, to: [station]", "unknown-dataset", "checks[2].reference.dataset", "air"),
    (D, "to: [station]", "to: [nothing]", "unknown-column", "checks[2].reference.to", None),
    (D, "to: [station]", "to: [station, pm25]", "reference-lengths", "checks[2].reference.to", None),
    (D, "{not_null: [station]}", "{accepted: {column: station}}", "values-or-codes", "checks[0].accepted", None),
    (D, "licence:", "license:", "unknown-field", "license", "licence"),
    (S, "dataset: air", "dataset: aire", "unknown-dataset", "dataset", "air"),
    (S, "0 * * * *", "every hour", "not-a-schedule", "schedule", None),
    (S, '"0 * * * *"', "onces", "not-a-schedule", "schedule", "once"),
    (S, '"0 * * * *"', "on-change", "source-on-change", "schedule", None),
    (S, "mode: upsert", "mode: replace", "incremental-replace", "mode", None),
    (S, "mode: upsert", "mode: upsert\ntimezone: Asia/Saigonn", "unknown-timezone", "timezone", "Asia/Saigon"),
    (S, "mode: upsert", "mode: upsert\ncolumns: {pm2: x}", "unknown-column", "columns.pm2", "pm25"),
    (S, "mode: upsert", "mode: upsert\nbuilder: {name: x}", "source-kinds", "", None),
    (S, "http: {url", "htp: {url", "unknown-field", "htp", "http"),
    (S, "http: {url: \"https://example.org/air\", since: {param: after, column: at}}", "sql: {secret: x}", "table-or-query", "sql", None),
    (S, "dataset: air", "dataset: air-daily", "two-writers", "dataset", None),
    (M, "/*", "--", "no-front-matter", "", None),
    (M, "dataset: air-daily", "dataset: air-daily\nsql: SELECT 1", "sql-twice", "sql", None),
    (M, "FROM air)", "FROM aair)", "unknown-table", "sql", "air"),
    (M, "FROM air)", "FROM air_daily)", "model-circle", "sql", None),
    (M, "avg(pm25)", "avg(pm25", "not-sql", "sql", None),
    (M, "WITH near AS (SELECT * FROM air)\nSELECT", "DELETE FROM air; SELECT", "not-a-select", "sql", None),
    (M, "> :since", "> 1", "no-since", "incremental", None),
    (M, "incremental: {column: pm25}", "incremental: {column: pm25, lookback: 1 fortnight}", "wrong-form", "incremental.lookback", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "path", "suggestion"),
    BAD,
    ids=[f"{row[3]}-{n}" for n, row in enumerate(BAD)],
)
def test_what_is_wrong_is_named_with_its_place(file, old, new, code, path, suggestion, make) -> None:
    problems = [each for each in check([make(file, old, new)]) if each.code == code]
    assert problems, render_text(check([make(file, old, new)]))
    assert (problems[0].path, problems[0].suggestion) == (path, suggestion)
    assert problems[0].text("vi") != problems[0].text("en")


def test_lines_of_a_model_are_those_of_its_file(make) -> None:
    source = sql_files.read(make() / M)
    assert source.line(("dataset",)) == 4
    assert source.line(("sql",)) == 6


def test_a_dataset_made_elsewhere_is_named(make) -> None:
    folder = make(M, "FROM air)", "FROM made_elsewhere)")
    assert [each.code for each in check([folder])] == ["unknown-table"]
    text = (folder / M).read_text(encoding="utf-8")
    (folder / M).write_text(
        text.replace("dataset: air-daily", "dataset: air-daily\nuses: [made-elsewhere]"), encoding="utf-8"
    )
    assert check([folder]) == []


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    used = set()
    for module in (flow_checks, flow_sql, sql_files):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        used |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    assert set(flow_messages.MESSAGES) <= used
    assert all({"vi", "en"} == set(texts) for texts in flow_messages.MESSAGES.values())
