"""Opening files to replay: which parts a path holds, and their records one after another, never all in
memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from dothi.core.errors import BadInput, NotFound, both

Form = Literal["csv", "json"]
SUFFIXES: dict[str, Form] = {
    ".csv": "csv", ".json": "json", ".jsonld": "json", ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip
_CHUNK = 1 << 20
_LONGEST = 64 << 20


class Record(NamedTuple):
    """One record of a part: its number from 1, the record, or why it could not be read."""

    number: int
    value: Any
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One file, or one member of a zip file. ``digest`` is of the content, so a renamed file is still
    known.
    """

    name: str
    form: Form
    digest: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def parts(path: Path) -> list[Part]:
    """What there is to replay at ``path``: a file, the members of a zip file, or all of these in a folder, by
    name.
    """
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file() and _kind(each.name))
        found = [part for each in files for part in parts(each)]
    elif not path.is_file():
        raise NotFound(both(f"Không có tệp {path}.", f"There is no file {path}."))
    elif path.suffix.lower() == ".zip":
        found = _members(path)
    elif form := SUFFIXES.get(path.suffix.lower()):
        found = [Part(path.name, form, _digest(path), path.stat().st_size, lambda: path.open("rb"))]
    else:
        found = []
    if not found:
        kinds = ", ".join([*SUFFIXES, ".zip"])
        raise BadInput(
            both(f"{path} không có tệp nào đọc được ({kinds}).", f"{path} holds nothing to replay ({kinds}).")
        )
    return found


def _kind(name: str) -> bool:
    suffix = Path(name).suffix.lower()
    return suffix in SUFFIXES or suffix == ".zip"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _members(path: Path) -> list[Part]:
    whole = _digest(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if Path(each.filename).suffix.lower() in SUFFIXES]
    except zipfile.BadZipFile as error:
        raise BadInput(
            both(f"{path} không phải tệp zip: {error}.", f"{path} is not a zip file: {error}.")
        ) from error
    return [_member(path, whole, each) for each in sorted(members, key=lambda each: each.filename)]


def _member(path: Path, whole: str, info: zipfile.ZipInfo) -> Part:
    digest = hashlib.sha256(f"{whole}:{info.filename}".encode()).hexdigest()
    form = SUFFIXES[Path(info.filename).suffix.lower()]

    @contextmanager
    def open_member() -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(path) as archive, archive.open(info) as file:
            yield file

    return Part(f"{path.name}/{info.filename}", form, digest, info.file_size, open_member)


def header(part: Part, delimiter: str = ",") -> list[str]:
    """The column names of a CSV part."""
    with part.open() as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        return next(csv.reader(text, delimiter=delimiter), [])


def csv_rows(raw: IO[bytes], delimiter: str = ",", skip: int = 0) -> Iterator[Record]:
    """The rows after the header, numbered from 1, the first ``skip`` left out."""
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="", errors="replace")
    reader = csv.reader(text, delimiter=delimiter)
    next(reader, None)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            text.detach()
            return
        except csv.Error as error:
            number += 1
            yield Record(number, None, f"not CSV: {error}")
            continue
        if not cells:  # an empty line is no row
            continue
        number += 1
        if number > skip:
            yield Record(number, cells)


def json_records(raw: IO[bytes], skip: int = 0) -> Iterator[Record]:
    """The elements of a JSON array, one object, or JSON lines, numbered from 1."""
    start = raw.read(_CHUNK)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
        records = _array(start, raw)
    elif _is_lines(start):
        records = _lines(start, raw)
    else:
        records = _single(start + raw.read(_LONGEST))
    return (record for record in records if record.number > skip)


def _is_lines(start: bytes) -> bool:
    """Whether the first line is an object of its own and more follows."""
    line, _, more = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    return line.strip()[:1] == b"{" and line.strip()[-1:] == b"}" and bool(more.strip())


def _single(data: bytes) -> Iterator[Record]:
    try:
        yield Record(1, json.loads(data))
    except ValueError as error:
        yield Record(1, None, f"not JSON: {error}")


def _lines(start: bytes, raw: IO[bytes]) -> Iterator[Record]:
    number, carry = 0, start.removeprefix(b"\xef\xbb\xbf")
    while carry:
        more = raw.read(_CHUNK)
        *lines, tail = (carry + more).split(b"\n")
        if not more:
            lines, tail = [*lines, tail], b""
        carry = tail
        for line in lines:
            if not line.strip():
                continue
            number += 1
            yield _line(number, line)


def _line(number: int, line: bytes) -> Record:
    try:
        return Record(number, json.loads(line))
    except ValueError as error:
        return Record(number, line[:200].decode(errors="replace"), f"not JSON: {error}")


class _Window:
    """The part of a long text that is being decoded, refilled as it is used up."""

    def __init__(self, start: bytes, raw: IO[bytes]) -> None:
        self._decoder = io.TextIOWrapper(
            io.BufferedReader(_Chain(start, raw)), encoding="utf-8-sig", errors="replace"
        )
        self.text = ""
        self.at = 0
        self.ended = False

    def fill(self) -> bool:
        """Read on; false at the end of the file."""
        more = self._decoder.read(_CHUNK)
        self.ended = not more
        self.text, self.at = self.text[self.at :] + more, 0
        return not self.ended

    def skip(self, characters: str) -> str:
        """Pass over ``characters``; the next other one, or empty at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in characters:
                    return self.text[self.at]
                self.at += 1
            if not self.fill():
                return ""


class _Chain(io.RawIOBase):
    """The bytes read already, then the rest of the file."""

    def __init__(self, start: bytes, raw: IO[bytes]) -> None:
        self._start, self._raw = start, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._start[: len(buffer)] or self._raw.read(len(buffer))
        self._start = self._start[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def _array(start: bytes, raw: IO[bytes]) -> Iterator[Record]:
    """Each element of the array as soon as it is complete; after broken JSON nothing more can be found."""
    window, decode, number = _Window(start, raw), json.JSONDecoder().raw_decode, 0
    window.skip(" \t\r\n")
    window.at += 1
    while (mark := window.skip(" \t\r\n,")) not in ("]", ""):
        number += 1
        while True:
            try:
                value, window.at = decode(window.text, window.at)
                break
            except ValueError as error:
                if len(window.text) - window.at > _LONGEST or not window.fill():
                    yield Record(
                        number, window.text[window.at : window.at + 200], f"not JSON from here on: {error}"
                    )
                    return
        yield Record(number, value)
    if mark == "":
        yield Record(number + 1, None, "the file ends inside the array")
