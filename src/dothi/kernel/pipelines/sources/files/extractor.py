"""Reads files of a folder; what was read is told by name, size and time of change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.pipelines.sources.base import Portion, Position, Task
from dothi.kernel.pipelines.sources.filelike import Form, Item, portions


def roots() -> dict[str, Path]:
    """The folders a path may begin with."""
    config = current()
    return {"home": config.home / "inbox", "shared": config.shared.absolute()}


def matching(pattern: str) -> list[Path]:
    """The files a pattern names, sorted; raises :class:`BadInput` when it leads out of its folder."""
    for name, root in roots().items():
        prefix = f"{{{name}}}/"
        if pattern.startswith(prefix) and ".." not in pattern:
            inside = root.resolve()
            found = (path for path in root.glob(pattern.removeprefix(prefix)) if path.is_file())
            return sorted(path for path in found if inside in path.resolve().parents)
    known = ", ".join(f"{{{name}}}/…" for name in roots())
    raise BadInput(
        both(
            f"Đường dẫn tệp phải nằm trong {known}: {pattern}",
            f"The path of a file lies below {known}: {pattern}",
        ),
        where="files.path",
    )


def _here(path: Path) -> Path:
    return path


class FilesExtractor:
    """One portion or more a file."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.files
        assert spec is not None
        files = matching(spec.path)
        if not files:
            raise BadInput(
                both(f"Không có tệp nào theo {spec.path}.", f"There is no file at {spec.path}."),
                where="files.path",
            )
        items = [Item(path.name, _mark(path), partial(_here, path)) for path in files]
        form = Form(spec.format, spec.records, spec.options, spec.member)
        yield from portions(items, form, declared.mode, position, task)


def _mark(path: Path) -> str:
    stat = path.stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}"


EXTRACTOR = FilesExtractor()
