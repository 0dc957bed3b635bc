"""Why clocks stand still: the catalogue of causes is a YAML list; the platform ships the usual ones, packs add theirs."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from dothi.core.errors import BadInput, both


class BadCauses(BadInput):
    """A catalogue that cannot be read or names a cause twice."""

    kind = "bad-pause-causes"
    title = both("Danh mục lý do tạm dừng không hợp lệ", "Invalid catalogue of causes")


class Cause(Struct, frozen=True, forbid_unknown_fields=True):
    """One reason for which a clock may stand still, and whom it waits for."""

    key: str
    label: dict[str, str]
    waits_for: Literal["applicant", "agency", "payment", "nobody"]
    basis: str = ""


def read_causes(source: Path | bytes) -> dict[str, Cause]:
    """The causes of a YAML list by their key; raises :class:`BadCauses`."""
    body = source if isinstance(source, bytes) else source.read_bytes()
    try:
        rows = msgspec.yaml.decode(body, type=list[Cause])
    except msgspec.MsgspecError as error:
        raise BadCauses(both(f"Không đọc được: {error}", f"Cannot be read: {error}")) from error
    result: dict[str, Cause] = {}
    for row in rows:
        if row.key in result:
            raise BadCauses(both(f"'{row.key}' có hai dòng", f"'{row.key}' is named twice"), where=row.key)
        if not all(row.label.get(language) for language in ("vi", "en")):
            raise BadCauses(
                both("Cần tên bằng hai ngôn ngữ", "A label is needed in vi and en"), where=row.key
            )
        result[row.key] = row
    return result


@lru_cache(maxsize=1)
def shipped_causes() -> dict[str, Cause]:
    """The causes that every procedure may use."""
    return read_causes(files("dothi.core.calendar").joinpath("data/causes.yaml").read_bytes())
