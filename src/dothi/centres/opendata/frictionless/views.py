"""``/data/{key}/datapackage.json``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from dothi.centres.opendata.frictionless.package import package as described
from dothi.centres.opendata.http import answers
from dothi.centres.opendata.http.described import answer


@require_safe
@answers.public()
def package(request: HttpRequest, key: str) -> HttpResponseBase:
    """The Data Package of a dataset."""
    return answer(request, key, described, "application/json")
