"""What a file's columns and words mean: declared as YAML beside the file, or one of those shipped."""

from __future__ import annotations

from collections.abc import Mapping as Map
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from dothi.core.errors import BadInput, both
from dothi.kernel.packs.declarations import Label

SHIPPED: Final = Path(__file__).parent / "mappings"
Ending = Literal["open", "answered", "withdrawn", "refused"]
"""What became of a request: it stays open, was answered, was taken back, or was somebody else's."""
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names of columns; several are tried in turn. Only ``id``, ``category`` and ``opened`` must be there."""

    id: list[Text]
    category: list[Text]
    opened: list[Text]
    closed: list[Text] = []
    status: list[Text] = []
    description: list[Text] = []
    answer: list[Text] = []
    address: list[Text] = []
    lon: list[Text] = []
    lat: list[Text] = []
    channel: list[Text] = []


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to read one kind of file. ``times``: formats of strptime, or ``iso``; ``zone``: of times without an offset."""

    source: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,30}$")]
    columns: Columns
    categories: dict[str, str] | None
    """The other system's category → ours; none where its codes are ours."""
    skipped: dict[str, Label] = {}
    """Categories that are left out, and why."""
    statuses: dict[str, Ending] = {}
    channels: dict[str, Literal["phone", "web", "app", "e-mail", "zalo", "open311"]] = {}
    times: tuple[Text, ...] = ("iso",)
    zone: str = "Asia/Ho_Chi_Minh"
    anywhere: bool = False
    """Whether places outside the city are taken too (as the city's)."""

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"zone: {self.zone!r} is not a time zone") from error


def load(name: str | Path, known: Map[str, object]) -> Mapping:
    """The mapping in a file, or the shipped one of that name; :class:`BadInput` with what is wrong in it.

    ``known`` are the declared categories.
    """
    path = Path(name)
    if not path.is_file():
        path = SHIPPED / f"{name}.yaml"
    if not path.is_file():
        names = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.yaml")))
        raise BadInput(
            both(
                f"Không có khai báo cột {name}; có sẵn: {names}.",
                f"There is no mapping {name}; shipped are: {names}.",
            ),
            where="mapping",
        )
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Mapping)
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadInput(
            both(f"Khai báo cột có lỗi: {error}", f"The mapping is wrong: {error}"), where="mapping"
        ) from error
    unknown = sorted(set((found.categories or {}).values()) - set(known))
    if unknown:
        raise BadInput(
            both(
                f"Không có lĩnh vực: {', '.join(unknown)}.",
                f"There are no categories: {', '.join(unknown)}.",
            ),
            where="mapping",
        )
    return found
