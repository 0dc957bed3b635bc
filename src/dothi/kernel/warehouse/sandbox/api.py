"""The HTTP API of the sandbox: one endpoint that answers a SELECT over the datasets somebody may read."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from dothi.kernel.identity.api import AUTH
from dothi.kernel.identity.web import actor_of

router = Router(auth=AUTH)


class Question(Schema):
    """A query, and what its answer is for."""

    sql: str = Field(max_length=20_000)
    purpose: str = Field("", max_length=64)
    limit: int | None = Field(None, ge=1)
    seconds: float | None = Field(None, gt=0)
    dialect: Literal["duckdb", "postgres"] = "duckdb"


class ColumnOut(Schema):
    """A column of an answer and its Arrow type."""

    name: str
    type: str


class Reply(Schema):
    """Rows in the order of the query; ``truncated`` when there are more than were asked for."""

    columns: list[ColumnOut]
    rows: list[list[Any]]
    truncated: bool
    ms: float
    datasets: list[str]
    masked: dict[str, dict[str, str]]


@router.post("/sql", response=Reply, summary="Ask the warehouse in SQL")
def ask(request: HttpRequest, question: Question) -> Reply:
    """One SELECT over datasets by their keys (``-`` may be written ``_``), run apart from everything else.

    Rows and columns are those the caller may read for the purpose; masked columns are listed in ``masked``.
    Every query is recorded with who asked and for what.
    """
    from dothi.kernel.warehouse.sandbox.ask import run  # brings Arrow and sqlglot with it
    from dothi.kernel.warehouse.sql.plain import plain_rows

    answer = run(
        question.sql,
        actor=actor_of(request),
        purpose=question.purpose,
        limit=question.limit,
        timeout_s=question.seconds,
        dialect=question.dialect,
    )
    columns = [ColumnOut(name=field.name, type=str(field.type)) for field in answer.table.schema]
    return Reply(
        columns=columns,
        rows=plain_rows(answer.table),
        truncated=answer.truncated,
        ms=round(answer.ms, 1),
        datasets=list(answer.datasets),
        masked={key: dict(forms) for key, forms in answer.masked.items()},
    )
