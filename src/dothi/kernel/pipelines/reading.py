"""Files as rows: JSON by the place of its records, everything else by the warehouse's own readers."""

from __future__ import annotations

import fnmatch
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa

from dothi.core.errors import BadInput, both
from dothi.kernel.pipelines import records
from dothi.kernel.warehouse.ingest import Reading, read_file

_JSON: Final = frozenset({"json"})
_PIECE: Final = 1 << 20
_ROWS: Final = 100_000
# A zip whose content is beyond all reason is not unpacked: (bytes in all, times larger than the file).
_ZIP_BYTES = 20 << 30
_ZIP_RATIO = 500


def tables(
    path: Path, *, format: str | None, records_at: str | None, options: Mapping[str, Any]
) -> Iterator[tuple[pa.Table, Mapping[str, Any]]]:
    """The rows of a file in portions, with what reading found. Raises :class:`BadInput`."""
    kind = format or path.suffix.lower().lstrip(".")
    if kind in _JSON or records_at is not None:
        yield records.table(records.found(_document(path), records_at, path.name)), {}
        return
    found = read_file(path, format=format, options=dict(options))
    names = _own_names(found)
    held: list[pa.RecordBatch] = []
    for batch in found.batches:
        held.append(batch.rename_columns(names))
        if sum(each.num_rows for each in held) >= _ROWS:
            yield pa.Table.from_batches(held), {}
            held = []
    schema = found.schema.remove_metadata()
    last = pa.Table.from_batches(held) if held else schema.empty_table().rename_columns(names)
    yield last, found.report.plain()


def _own_names(found: Reading) -> list[str]:
    """The columns as the file calls them: what a source renames, and where a column comes from, is said by these."""
    own = [each.source for each in found.report.columns]
    unique = len(own) == len(found.schema.names) and all(own) and len(set(own)) == len(own)
    return own if unique else list(found.schema.names)


def _document(path: Path) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise BadInput(
            both(f"{path.name} không phải JSON: {error}", f"{path.name} is not JSON: {error}")
        ) from None


def unpacked(path: Path, member: str | None, folder: Path) -> list[tuple[str, Path]]:
    """(name, file) of a file, or of the members of a zip that match; members are written into ``folder``."""
    if path.suffix.lower() != ".zip":
        return [(path.name, path)]
    with zipfile.ZipFile(path) as archive:
        chosen = [
            each
            for each in archive.infolist()
            if not each.is_dir() and fnmatch.fnmatch(each.filename, member or "*")
        ]
        size = sum(each.file_size for each in chosen)
        if size > _ZIP_BYTES or size > _ZIP_RATIO * max(path.stat().st_size, 1 << 20):
            raise BadInput(both(f"{path.name} giải nén ra quá lớn.", f"{path.name} unpacks to too much."))
        return [(each.filename, _member(archive, each, folder)) for each in chosen]


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> Path:
    """A member as a file of its own, named by us: a name inside a zip may lead anywhere."""
    target = folder / f"{member.CRC:08x}-{Path(member.filename).name}"
    with archive.open(member) as packed, target.open("wb") as file:
        while piece := packed.read(_PIECE):
            file.write(piece)
    return target
