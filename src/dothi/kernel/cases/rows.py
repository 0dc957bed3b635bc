"""The tables of the hot path as the store engines write them: columns and kinds, taken from the models."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Field

from dothi.engines.store.base import Column, Kind, Table
from dothi.kernel.cases.models import (
    Case,
    CasePlace,
    CaseText,
    Counter,
    Effect,
    Entry,
    Fact766,
    Idempotency,
    Link,
    Procedure,
    Task,
    TimerClaim,
)


def _kind(field: Field[object, object]) -> Kind:
    if isinstance(field, models.IntegerField):
        return "int"
    if isinstance(field, models.FloatField):
        return "float"
    return "bytes" if isinstance(field, models.BinaryField) else "text"


def table(model: type[models.Model], *, key: tuple[str, ...] = (), leave: tuple[str, ...] = ()) -> Table:
    """``model`` as a table of bulk writes; ``key`` for those whose key is not one column, without ``leave``."""
    fields = [each for each in model._meta.concrete_fields if each.column and each.column not in leave]
    columns = tuple(Column(str(each.column), _kind(each)) for each in fields)
    return Table(model._meta.db_table, columns, key or (str(model._meta.pk.column),))


CASE: Final = table(Case)
TEXT: Final = table(CaseText)
PLACE: Final = table(CasePlace)
ENTRY: Final = table(Entry)
CLAIM: Final = table(TimerClaim)
TASK: Final = table(Task, key=("num", "key"))
LINK: Final = table(Link, key=("num", "kind", "other"), leave=("id",))
EFFECT: Final = table(Effect, key=("entry", "n"))
COUNTER: Final = table(Counter)
IDEMPOTENCY: Final = table(Idempotency)
FACT: Final = table(Fact766)
PROCEDURE: Final = table(Procedure, key=("key", "version"), leave=("id",))


def names(table: Table) -> str:
    """The columns of a table, in order, for a SELECT."""
    return ", ".join(column.name for column in table.columns)
