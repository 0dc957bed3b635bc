"""What the databases keep beside the tables: no entry is changed, words and places are found, by each its own means."""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from dothi.engines.store.base import Session

_REFUSAL = "entries of cases can only be added"
_SQLITE: Final = (
    *(
        f"CREATE TRIGGER IF NOT EXISTS cases_entry_no_{verb.lower()} BEFORE {verb} ON cases_entry"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    # detail=none: which documents have a word, not where; marks have letters no word of people begins with.
    "CREATE VIRTUAL TABLE IF NOT EXISTS cases_words USING fts5(words, marks, content='cases_text',"
    " content_rowid='num', detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER IF NOT EXISTS cases_words_changed AFTER UPDATE ON cases_text"
    " WHEN old.words IS NOT new.words OR old.marks IS NOT new.marks BEGIN"
    " INSERT INTO cases_words (cases_words, rowid, words, marks)"
    " VALUES ('delete', old.num, old.words, old.marks);"
    " INSERT INTO cases_words (rowid, words, marks) VALUES (new.num, new.words, new.marks); END",
    "CREATE TRIGGER IF NOT EXISTS cases_words_gone AFTER DELETE ON cases_text BEGIN"
    " INSERT INTO cases_words (cases_words, rowid, words, marks)"
    " VALUES ('delete', old.num, old.words, old.marks); END",
    # The third dimension is the day it was opened: what lies near and is recent is one look.
    "CREATE VIRTUAL TABLE IF NOT EXISTS cases_boxes USING rtree(num, west, east, south, north, first, last)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS cases_open_boxes USING rtree(num, west, east, south, north)",
    "CREATE TRIGGER IF NOT EXISTS cases_place_changed AFTER UPDATE ON cases_place BEGIN"
    " DELETE FROM cases_open_boxes WHERE num = old.num;"
    " INSERT INTO cases_open_boxes SELECT new.num, new.lon, new.lon, new.lat, new.lat WHERE new.open = 1;"
    " END",
)
_POSTGRESQL: Final = (
    "CREATE OR REPLACE FUNCTION cases_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE OR REPLACE TRIGGER cases_entry_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_entry_refuse()",
    "CREATE INDEX IF NOT EXISTS cases_words ON cases_text"
    # New words wait in a list; a short one is merged often and quickly, a long one makes one writer wait a second.
    " USING gin (to_tsvector('simple', words || ' ' || marks)) WITH (gin_pending_list_limit = 512)",
    "CREATE INDEX IF NOT EXISTS cases_boxes ON cases_place USING gist (point(lon, lat))",
    "CREATE INDEX IF NOT EXISTS cases_open_boxes ON cases_place USING gist (point(lon, lat)) WHERE open = 1",
    # A snapshot is rewritten at every move: compressing it each time costs more than its bytes.
    "ALTER TABLE cases_case ALTER COLUMN snapshot SET STORAGE EXTERNAL",
    # Room in each page for the next version of a row, and for its index entries.
    "ALTER TABLE cases_case SET (fillfactor = 80)",
)
_BREAK: Final = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS cases_entry_no_update",
        "DROP TRIGGER IF EXISTS cases_entry_no_delete",
    ),
    "postgresql": ("DROP TRIGGER IF EXISTS cases_entry_sealed ON cases_entry",),
}
_FILL: Final = (
    "INSERT INTO cases_words (rowid, words, marks)"
    " SELECT num, words, marks FROM cases_text WHERE num BETWEEN ? AND ?",
    "INSERT INTO cases_boxes SELECT num, lon, lon, lat, lat, opened_us / 86400000000.0,"
    " opened_us / 86400000000.0 FROM cases_place WHERE num BETWEEN ? AND ?",
    "INSERT INTO cases_open_boxes SELECT num, lon, lon, lat, lat"
    " FROM cases_place WHERE num BETWEEN ? AND ? AND open = 1",
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers, tables and indexes that are not there yet."""
    _run(connection, _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL)


def break_seal(connection: BaseDatabaseWrapper) -> None:
    """Let the histories be emptied with the rest of a test's database."""
    _run(connection, _BREAK[connection.vendor])


def fill(session: Session, first: int, last: int, *, places: bool) -> None:
    """On SQLite: take the words and places of the cases ``first`` to ``last``, inserted a moment ago, at once."""
    for number, statement in enumerate(_FILL):
        if places or number == 0:
            session.execute(statement, (first, last))


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
