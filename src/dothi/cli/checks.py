"""``dothi check``, ``dothi status``, ``dothi settings``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from dothi.cli.console import emit, out, say, table
from dothi.cli.session import platform, settings
from dothi.core import config as declared

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def check(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Pack folders (default: all the platform would load).")
    ] = None,
    json: Json = False,
) -> None:
    """Check settings and packs: every mistake with its file, place and a suggestion."""
    from dothi.kernel.packs import loader
    from dothi.kernel.packs.places import folders as known
    from dothi.kernel.packs.problems import render_json, render_text

    settings()
    chosen = folders or known()
    problems = loader.check(chosen)
    if json:
        typer.echo(render_json(problems))
    elif problems:
        typer.echo(render_text(problems))
    say(f"{len(chosen)} packs checked, {len(problems) or 'no'} problems.")
    raise typer.Exit(1 if problems else 0)


def _ready(url: str) -> dict[str, Any] | None:
    """What ``/health/ready`` of the running platform says, None when nothing answers."""
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=3) as response:  # noqa: S310
            body = response.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except (urllib.error.URLError, OSError):
        return None
    try:
        answer: dict[str, Any] = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    return answer


def status(json: Json = False) -> None:
    """What runs, what is kept, what the feeds and consumers last did."""
    from dothi.serve.lock import holder
    from dothi.serve.prepare import is_ready

    config = settings()
    state: dict[str, Any] = {
        "home": str(config.home),
        "url": config.url,
        "process": holder(config.home),
        "prepared": is_ready(config),
        "health": _ready(config.url),
    }
    if state["prepared"]:
        with platform(prepare=False):
            from dothi.serve.report import contents

            state |= contents()
    if json:
        emit(state)
        return
    shown = table(show_header=False, box=None)
    for key, value in _lines(state):
        shown.add_row(f"[bold]{key}[/]", value)
    out().print(shown)


def _lines(state: dict[str, Any]) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for key, value in state.items():
        if isinstance(value, dict):
            lines += [(f"{key}.{part}", str(text)) for part, text in value.items()]
        elif isinstance(value, list):
            lines += [(key, ", ".join(f"{k} {v}" for k, v in row.items())) for row in value] or [
                (key, "none")
            ]
        else:
            lines.append((key, "no" if value is None or value is False else str(value)))
    return lines


def settings_list(json: Json = False) -> None:
    """Every setting: its value now, its default and its meaning."""
    config = settings()
    rows = [
        {
            "name": setting.variable,
            "value": "(set)"
            if setting.secret and getattr(config, setting.key)
            else str(getattr(config, setting.key)),
            "default": setting.default,
            "doc": setting.doc,
        }
        for setting in declared.SETTINGS
    ]
    if json:
        emit(rows)
        return
    shown = table("Setting", "Value", "Meaning")
    for row in rows:
        shown.add_row(row["name"], row["value"], row["doc"])
    out().print(shown)
