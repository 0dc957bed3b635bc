"""``dothi pipelines``: run sources and pipelines, see how they are doing."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dothi.cli.console import emit, fail, out, say, table
from dothi.cli.session import platform

if TYPE_CHECKING:
    from rich.table import Table

    from dothi.kernel.pipelines.models import Run

app = typer.Typer(help="Sources and pipelines of the warehouse.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def run(
    key: Annotated[str, typer.Argument(help="A source or pipeline (see dothi pipelines list).")],
    full: Annotated[bool, typer.Option("--full", help="Read or compute everything again.")] = False,
    downstream: Annotated[
        bool, typer.Option("--downstream", help="Then run what is made from it, too.")
    ] = False,
    json: Json = False,
) -> None:
    """Run it here and now, and say how it went; a run that was cut off goes on where it was."""
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    with platform():
        from dothi.kernel.identity.access import SYSTEM
        from dothi.kernel.pipelines import actions, declared, life
        from dothi.kernel.pipelines.runner import work_off

        kind = declared.kind_of(declared.find(key))
        ask = actions.run_source if kind == "source" else actions.run_pipeline
        life.put_back()
        done = [work_off(ask(key, by=SYSTEM, full=full, downstream=downstream), ending)]
        if downstream and done[0].state in ("succeeded", "unchanged"):
            done += _rest(ending)
        lines = [(line.level, line.en) for each in done for line in each.lines.all()]
    _tell(done, lines, json)


def _rest(ending: threading.Event) -> list[Run]:
    from dothi.kernel.pipelines.models import Run
    from dothi.kernel.pipelines.runner import work_off

    done: list[Run] = []
    while not ending.is_set():
        found = Run.objects.filter(state=Run.QUEUED, trigger="upstream").order_by("id").first()
        if found is None:
            break
        done.append(work_off(found, ending))
    return done


def _tell(done: list[Run], lines: list[tuple[str, str]], json: bool) -> None:
    if json:
        emit([_plain(each) for each in done])
    else:
        for level, text in lines:
            say(text if level == "info" else f"{level}: {text}")
        for each in done:
            say(
                f"{each.kind} {each.key}: {each.state}, {each.rows_written:,} rows in version {each.version or '-'}."
            )
    if any(each.state not in ("succeeded", "unchanged") for each in done):
        fail(
            next(each.error_en or each.state for each in done if each.state not in ("succeeded", "unchanged"))
        )


def _plain(run: Run) -> dict[str, Any]:
    names = ("kind", "key", "dataset", "state", "attempt", "rows_read", "rows_written", "version", "error_en")
    return {"id": str(run.id)} | {name: getattr(run, name) for name in names}


@app.command("list")
def listed(json: Json = False) -> None:
    """Every source and pipeline: what it writes, when it runs, how the last run ended."""
    with platform():
        from dothi.kernel.pipelines import queries

        rows = [_row(each) for each in queries.flows()]
    if json:
        emit(rows)
        return
    shown = table("Kind", "Key", "Reads", "Dataset", "Schedule", "Last run", "Next")
    for row in rows:
        shown.add_row(
            *(
                str(row[name] or "-")
                for name in ("kind", "key", "what", "dataset", "schedule", "last", "next")
            )
        )
    _whole(shown)
    out().print(shown)


def _whole(shown: Table) -> None:
    """Keys are copied into the next command: wrapped where they must be, never cut."""
    for column in shown.columns:
        column.overflow = "fold"


def _row(view: Any) -> dict[str, Any]:
    return {
        "kind": view.kind,
        "key": view.key,
        "what": view.what,
        "dataset": view.dataset,
        "schedule": view.schedule if view.enabled else f"{view.schedule} (held)",
        "last": None if view.last is None else view.last.state,
        "next": None if view.next_run_at is None else view.next_run_at.isoformat(timespec="minutes"),
    }


@app.command()
def status(
    key: Annotated[str, typer.Argument(help="A source or pipeline; none shows the newest runs of all.")] = "",
    json: Json = False,
) -> None:
    """The newest runs, with what stopped those that failed."""
    with platform():
        from dothi.kernel.pipelines import queries

        rows = [_plain(each) for each in queries.runs(key=key, limit=20)]
    if json:
        emit(rows)
        return
    shown = table("Run", "Key", "State", "Read", "Written", "Version", "Why")
    for row in rows:
        names = ("id", "key", "state", "rows_read", "rows_written", "version", "error_en")
        shown.add_row(*("-" if row[name] in (None, "") else str(row[name]) for name in names))
    _whole(shown)
    out().print(shown)
