"""``/data/{key}/csv-metadata.json``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from dothi.centres.opendata.csvw.metadata import metadata as described
from dothi.centres.opendata.http import answers
from dothi.centres.opendata.http.described import answer


@require_safe
@answers.public()
def metadata(request: HttpRequest, key: str) -> HttpResponseBase:
    """The CSVW metadata of a dataset's CSV file."""
    return answer(request, key, described, "application/csvm+json")
