"""How commands speak: plain words on standard error, data on standard output, progress where it lasts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import typer

# rich is imported where something is printed: ``dothi up`` starts the web process before it has anything to say.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


@cache
def err() -> Console:
    """What the person at the terminal reads."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


@cache
def out() -> Console:
    """What was asked for: it may go into a file or another program."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def table(*headings: str, **options: Any) -> Table:
    """An empty table; ``options`` are rich's."""
    from rich.table import Table

    return Table(*headings, **options)


def say(text: str) -> None:
    """A line for the person at the terminal."""
    err().print(text)


def fail(text: str, code: int = 1) -> NoReturn:
    """End the command with a message that says what to do."""
    err().print(f"[bold red]✗[/] {text}")
    raise typer.Exit(code)


def emit(data: Any) -> None:
    """Data for a script, as JSON on standard output."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n")


@contextmanager
def progress(label: str) -> Iterator[Callable[..., None]]:
    """A progress bar; gives the callback ``(done, total[, what])``. A line at the end when there is no terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err(),
        transient=False,
        disable=not err().is_terminal,
    )
    with bar:
        task = bar.add_task(label, total=None)

        def advance(done: int, total: int, what: str = "") -> None:
            bar.update(
                task, completed=done, total=total or None, description=f"{label}: {what}" if what else label
            )

        if not err().is_terminal:
            say(f"{label} …")
        yield advance
        bar.update(task, completed=1, total=1) if bar.tasks[0].total is None else None
