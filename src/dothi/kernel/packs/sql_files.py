"""A model in a ``.sql`` file: its declaration is YAML in the comment that begins the file, the rest is the query."""

from __future__ import annotations

import re
from pathlib import Path

from dothi.kernel.packs.source import Source, parse

_HEAD = re.compile(r"\A\s*/\*(?P<head>.*?)\*/(?P<sql>.*)\Z", re.DOTALL)


def read(path: Path) -> Source:
    """The declaration in ``path``, with ``sql`` filled from the text behind the comment."""
    source = Source(str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        source.report((), "not-utf8")
        return source
    found = _HEAD.match(text)
    if found is None:
        source.report((), "no-front-matter")
        return source
    # Empty lines in front keep the numbers of the lines those of the file.
    before = "\n" * text[: found.start("head")].count("\n")
    parse(before + found["head"], source)
    if isinstance(source.data, dict) and not source.problems:
        if "sql" in source.data:
            source.report(("sql",), "sql-twice")
        source.data["sql"] = found["sql"].strip()
        source.lines[("sql",)] = text[: found.start("sql")].count("\n") + 1
    return source
