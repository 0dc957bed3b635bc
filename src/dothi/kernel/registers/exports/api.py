"""A register as a file over HTTP."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from django.http import FileResponse, HttpRequest
from ninja import Query, Router

from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.api import _bbox, _where
from dothi.kernel.registers.exports.actions import Selection, export

router = Router()
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}


@router.get("/{type}/records.{format}", auth=None, summary="A register as a file")
def download(
    request: HttpRequest,
    type: str,
    format: Literal["csv", "xlsx", "geojson", "parquet"],
    where: Annotated[list[str], Query()] = [],  # noqa: B006  ninja reads the default and never changes it
    unit: str = "",
    bbox: str = "",
    state: Literal["active", "ended", "future", "merged"] = "active",
    purpose: str = "",
    case: str = "",
) -> FileResponse:
    """Masked for the reader; what is in clear is kept in the log of readings."""
    chosen = Selection([_where(each) for each in where], unit, _bbox(bbox), state, purpose, case)
    return made(request, type, format, chosen)


def made(request: HttpRequest, type: str, format: str, chosen: Selection) -> FileResponse:
    """The file, which is gone from this machine as soon as it was sent."""
    with tempfile.TemporaryDirectory(prefix="dothi-export-") as folder:
        path = Path(folder) / f"{type}.{format}"
        export(type, format, path, by=actor_of(request), which=chosen)
        opened = path.open("rb")  # stays readable after its name is gone
    answer = FileResponse(opened, as_attachment=True, filename=f"{type}.{format}", content_type=KINDS[format])
    answer["Cache-Control"] = "no-store"
    return answer
