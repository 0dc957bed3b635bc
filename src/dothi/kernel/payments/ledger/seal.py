"""The database's own word on the ledger: entries balance, follow each other, and are only added.

The lines of an entry are written before the entry (their foreign key is checked at the commit). The entry is
taken when its lines sum to zero; after that no line can join it. So an unbalanced entry cannot be committed by
any program, on SQLite and on PostgreSQL alike. Receipts and payments cannot be removed either.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

_SUM = "(SELECT coalesce(sum(amount), 1) FROM payments_entryline WHERE entry_id = NEW.id)"
_COUNT = "(SELECT count(*) FROM payments_entryline WHERE entry_id = NEW.id)"
_LAST = "(SELECT coalesce(max(number), 0) FROM payments_entry WHERE book = NEW.book)"
_BEFORE = (
    "coalesce((SELECT digest FROM payments_entry WHERE book = NEW.book AND number = NEW.number - 1), '')"
)
_WRONG = {
    "an entry's lines must sum to zero": f"{_SUM} <> 0 OR {_COUNT} < 2",
    "entries are numbered without gaps": f"NEW.number <> {_LAST} + 1",
    "an entry names the digest before it": f"NEW.previous <> {_BEFORE}",
}
_CLOSED = "EXISTS (SELECT 1 FROM payments_entry WHERE id = NEW.entry_id)"
_ADDED_ONLY: Final = ("payments_entry", "payments_entryline", "payments_receipt")
_KEPT: Final = ("payments_payment", "payments_order", "payments_orderline")
_LINE_TO_CLOSED: Final = "no line joins an entry that is written"


def _sqlite() -> list[str]:
    made = [
        f"CREATE TRIGGER IF NOT EXISTS payments_entry_rule{n} BEFORE INSERT ON payments_entry WHEN {wrong}"
        f" BEGIN SELECT RAISE(ABORT, '{told.replace(chr(39), chr(39) * 2)}'); END"
        for n, (told, wrong) in enumerate(_WRONG.items())
    ]
    made.append(
        "CREATE TRIGGER IF NOT EXISTS payments_entryline_closed BEFORE INSERT ON payments_entryline"
        f" WHEN {_CLOSED} BEGIN SELECT RAISE(ABORT, '{_LINE_TO_CLOSED}'); END"
    )
    for verb, tables in (("UPDATE", _ADDED_ONLY), ("DELETE", _ADDED_ONLY + _KEPT)):
        made += [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table}: rows are only added'); END"
            for table in tables
        ]
    return made


def _postgresql() -> list[str]:
    checks = " ".join(
        f"IF {wrong} THEN RAISE EXCEPTION '{told.replace(chr(39), chr(39) * 2)}'"
        " USING ERRCODE = 'check_violation'; END IF;"
        for told, wrong in _WRONG.items()
    )
    made = [
        "CREATE OR REPLACE FUNCTION payments_entry_rules() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {checks} RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER payments_entry_rules BEFORE INSERT ON payments_entry"
        " FOR EACH ROW EXECUTE FUNCTION payments_entry_rules()",
        "CREATE OR REPLACE FUNCTION payments_entryline_closed() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {_CLOSED} THEN RAISE EXCEPTION '{_LINE_TO_CLOSED}'"
        " USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER payments_entryline_closed BEFORE INSERT ON payments_entryline"
        " FOR EACH ROW EXECUTE FUNCTION payments_entryline_closed()",
        "CREATE OR REPLACE FUNCTION payments_added_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '%: rows are only added', TG_TABLE_NAME"
        " USING ERRCODE = 'restrict_violation'; END $$",
    ]
    for verbs, tables in (("UPDATE OR DELETE OR TRUNCATE", _ADDED_ONLY), ("DELETE OR TRUNCATE", _KEPT)):
        made += [
            f"CREATE OR REPLACE TRIGGER {table}_sealed BEFORE {verbs} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION payments_added_only()"
            for table in tables
        ]
    return made


def put_seal(connection: BaseDatabaseWrapper) -> None:
    """From now on the database refuses what breaks the ledger."""
    _run(connection, _sqlite() if connection.vendor == "sqlite" else _postgresql())


def break_seal(connection: BaseDatabaseWrapper) -> None:
    """Let rows be removed with the rest of the database (the rules of entries stay)."""
    tables = (*_ADDED_ONLY, *_KEPT)
    if connection.vendor == "sqlite":
        verbs = ("update", "delete")
        _run(connection, [f"DROP TRIGGER IF EXISTS {t}_no_{verb}" for t in tables for verb in verbs])
    else:
        _run(connection, [f"DROP TRIGGER IF EXISTS {table}_sealed ON {table}" for table in tables])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
