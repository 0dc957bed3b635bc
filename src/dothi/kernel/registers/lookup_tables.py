"""What the two databases keep beside the tables so that records are found by words and by place.

Kept by the database itself (indexes on PostgreSQL, triggers on SQLite for all but rows inserted ready). A migration that
alters ``registers_record`` on SQLite makes the table anew without its triggers: it must call :func:`install` again.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from dothi.kernel.registers.models import SLOTS

_WORDS = "words, personal_words"
_NEW_WORDS = (
    f"INSERT INTO registers_words (rowid, {_WORDS}) SELECT new.num, new.words, new.personal_words"
    " WHERE new.words != '' OR new.personal_words != '';"
)
_OLD_WORDS = (
    f"INSERT INTO registers_words (registers_words, rowid, {_WORDS})"
    " SELECT 'delete', old.num, old.words, old.personal_words"
    " WHERE old.words != '' OR old.personal_words != '';"
)
_SIDES = ("west", "east", "south", "north")
_OLD_BOX = "DELETE FROM registers_boxes WHERE num = old.num;"
_NEW_BOX = (
    f"INSERT INTO registers_boxes SELECT new.num, {', '.join(f'new.{side}' for side in _SIDES)}"
    " WHERE new.west IS NOT NULL;"
)
_OTHER_WORDS = "old.words IS NOT new.words OR old.personal_words IS NOT new.personal_words"
_OTHER_BOX = " OR ".join(f"old.{side} IS NOT new.{side}" for side in _SIDES)
_SQLITE: Final = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS registers_words USING fts5({_WORDS},"
    " content='registers_record', content_rowid='num', detail=column, columnsize=0,"
    " tokenize='unicode61 remove_diacritics 0')",
    # Bytes of new words gathered in memory before they are written: a batch of a bulk load becomes one run.
    "INSERT INTO registers_words (registers_words, rank) VALUES ('hashsize', 67108864)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS registers_boxes USING rtree(num, west, east, south, north)",
    f"CREATE TRIGGER IF NOT EXISTS registers_words_changed AFTER UPDATE OF {_WORDS}"
    f" ON registers_record WHEN {_OTHER_WORDS} BEGIN {_OLD_WORDS} {_NEW_WORDS} END",
    "CREATE TRIGGER IF NOT EXISTS registers_boxes_changed AFTER UPDATE OF west, east, south, north"
    f" ON registers_record WHEN {_OTHER_BOX} BEGIN {_OLD_BOX} {_NEW_BOX} END",
    "CREATE TRIGGER IF NOT EXISTS registers_record_gone AFTER DELETE ON registers_record"
    f" BEGIN {_OLD_WORDS} {_OLD_BOX} END",
    "CREATE TRIGGER IF NOT EXISTS registers_version_kept BEFORE UPDATE ON registers_version"
    " BEGIN SELECT RAISE(ABORT, 'versions of records can only be added'); END",
)
# A trigger for each new row makes FTS5 write its words one row at a time (it flushes at every statement's
# savepoint): whoever inserts records that have words or a box already calls :func:`fill`.
_FILL: Final = (
    "INSERT INTO registers_words (rowid, words, personal_words) SELECT num, words, personal_words"
    " FROM registers_record WHERE num BETWEEN %s AND %s AND (words != '' OR personal_words != '')",
    "INSERT INTO registers_boxes SELECT num, west, east, south, north"
    " FROM registers_record WHERE num BETWEEN %s AND %s AND west IS NOT NULL",
)
_POSTGRESQL: Final = (
    # The keys are made to sort byte by byte, whatever the database's own order of letters.
    "ALTER TABLE registers_record "
    + ", ".join(f'ALTER COLUMN {each} TYPE varchar COLLATE "C"' for each in ("sort", *SLOTS)),
    "CREATE INDEX IF NOT EXISTS registers_words ON registers_record"
    " USING gin (to_tsvector('simple', words)) WHERE words <> ''",
    "CREATE INDEX IF NOT EXISTS registers_all_words ON registers_record"
    " USING gin (to_tsvector('simple', words || ' ' || personal_words))"
    " WHERE words <> '' OR personal_words <> ''",
    "CREATE INDEX IF NOT EXISTS registers_boxes ON registers_record"
    " USING gist (box(point(west, south), point(east, north))) WHERE west IS NOT NULL",
    "CREATE OR REPLACE FUNCTION registers_version_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'versions of records can only be added'"
    " USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE OR REPLACE TRIGGER registers_version_kept BEFORE UPDATE ON registers_version"
    " FOR EACH ROW EXECUTE FUNCTION registers_version_refuse()",
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the tables, triggers and indexes that are not there yet."""
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)


def fill(connection: BaseDatabaseWrapper, first: int, last: int) -> None:
    """Take the words and boxes of records ``first`` to ``last``, inserted a moment ago in this transaction."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in _FILL:
                cursor.execute(statement, [first, last])
