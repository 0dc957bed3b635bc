"""One YAML file as plain data, with the line of every value kept for messages.

Scalars follow YAML 1.2's core schema: ``no`` (nitrogen monoxide), ``on`` and dates are text, only ``true``
and ``false`` are booleans, and 079 is a code. A key written twice is an error, not a silent overwrite.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from dothi.kernel.packs.problems import Problem

Steps = tuple[str | int, ...]
LIMIT: Final = 100_000


class _Loader(yaml.CSafeLoader):
    """PyYAML's C parser with YAML 1.2's idea of what is not text."""


_Loader.yaml_implicit_resolvers = {}


class _Dumper(yaml.SafeDumper):
    """Writes what :class:`_Loader` reads back as the same data: quotes what either YAML takes for another type."""

    def ignore_aliases(self, data: Any) -> bool:
        """Parts that are shared are written out wherever they stand."""
        return True


_Dumper.yaml_implicit_resolvers = {
    key: list(each) for key, each in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:null", r"null|Null|NULL|~|", ["n", "N", "~", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"[-+]?((\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)",
        "-+.0123456789",
    ),
    ("tag:yaml.org,2002:merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))
    _Dumper.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))
_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, "|" if "\n" in text else None
    ),
)


def write(data: Any) -> str:
    """The YAML that :func:`parse` reads back as ``data``: members in their order, texts of several lines as blocks."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def written(steps: Steps) -> str:
    """A path as people write it: ``attributes[2].unit``."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(slots=True)
class Source:
    """The content of one file: its data, where each part stands, and what is already known to be wrong."""

    file: str
    data: Any = None
    lines: dict[Steps, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, steps: Steps) -> int:
        """The line (from 1) of the part at ``steps``, or of the nearest part around it; 0 when unknown."""
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps, 0)

    def problem(self, steps: Steps, code: str, *, suggestion: str | None = None, **values: object) -> Problem:
        """A problem at ``steps`` of this file."""
        texts = tuple((key, str(value)) for key, value in values.items())
        return Problem(self.file, self.line(steps), written(steps), code, texts, suggestion)

    def report(self, steps: Steps, code: str, *, suggestion: str | None = None, **values: object) -> None:
        """Remember a problem at ``steps``."""
        self.problems.append(self.problem(steps, code, suggestion=suggestion, **values))


def read(path: Path, file: str | None = None) -> Source:
    """The YAML file at ``path``; what is wrong is in ``problems``. ``file`` is the name messages use."""
    source = Source(file or str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        source.report((), "not-utf8")
        return source
    return parse(text, source)


def parse(text: str, source: Source) -> Source:
    """Fill ``source`` from YAML ``text``."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            source.report((), "empty")
        else:
            _Reader(source, loader).read(node, ())
    except yaml.YAMLError as error:
        _syntax(source, error)
    finally:
        loader.dispose()
    return source


def _syntax(source: Source, error: yaml.YAMLError) -> None:
    mark = getattr(error, "context_mark", None) or getattr(error, "problem_mark", None)
    source.lines[()] = mark.line + 1 if mark is not None else 1
    reason = str(getattr(error, "problem", None) or error).strip()
    if "another document" in reason:
        source.report((), "many-documents")
    else:
        source.report((), "not-yaml", error=reason)


class _Reader:
    """Turns nodes into data; aliases may share a value but not contain themselves."""

    def __init__(self, source: Source, loader: _Loader) -> None:
        self.source = source
        self.loader = loader
        self.count = 0

    def read(self, node: yaml.Node, steps: Steps) -> None:
        self.source.data = self._value(node, steps, ())

    def _value(self, node: yaml.Node, steps: Steps, within: tuple[int, ...]) -> Any:
        self.source.lines.setdefault(steps, node.start_mark.line + 1)
        self.count += 1
        if self.count > LIMIT or id(node) in within:
            if self.count <= LIMIT + 1:
                self.source.report((), "too-large", limit=LIMIT)
                self.count = LIMIT + 1
            return None
        inside = (*within, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, steps, inside)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*steps, index), inside) for index, item in enumerate(node.value)]
        return self.loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, steps: Steps, inside: tuple[int, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, steps)
            if key is None:
                continue
            here = (*steps, key)
            if key in values:
                first = self.source.lines[here]
                again = Problem(
                    self.source.file,
                    key_node.start_mark.line + 1,
                    written(here),
                    "duplicate-key",
                    (("line", str(first)),),
                )
                self.source.problems.append(again)
                continue
            self.source.lines[here] = key_node.start_mark.line + 1
            values[key] = self._value(value_node, here, inside)
        return values

    def _key(self, node: yaml.Node, steps: Steps) -> str | None:
        if node.tag == "tag:yaml.org,2002:merge":
            self.source.report(steps, "merge-key")
        elif isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            return str(node.value)
        else:
            found = node.value if isinstance(node, yaml.ScalarNode) else "a list or mapping"
            self.source.report(steps, "key-not-text", found=found)
        return None
