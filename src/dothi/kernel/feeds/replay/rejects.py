"""The rejects file: what was refused or flagged, record by record, with the reason."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

_encode = msgspec.json.encode


class Rejects:
    """JSON lines ``{"file", "record", "reason", "detail", "data"}``. Made with the first line written to it.

    ``size`` is remembered with the position of the replay, so that lines written after the last durable
    position are cut off, not written twice, when a replay goes on.
    """

    def __init__(self, path: Path, size: int = 0) -> None:
        self.path = path
        self.size = size
        self._pending: list[bytes] = []
        if path.exists():
            with path.open("r+b") as file:
                file.truncate(min(size, path.stat().st_size))

    def add(self, file: str, record: int, reason: str, detail: str, data: Any) -> None:
        """Note one refusal; written at the next :meth:`flush`."""
        line = {"file": file, "record": record, "reason": reason, "detail": detail, "data": data}
        self._pending.append(_encode(line, enc_hook=str) + b"\n")

    def flush(self) -> int:
        """Write what was noted; the size of the file afterwards."""
        if self._pending:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.writelines(self._pending)
                self.size = file.tell()
            self._pending.clear()
        return self.size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.flush()
