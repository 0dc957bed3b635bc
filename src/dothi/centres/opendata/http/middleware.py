"""The answers of the API of open data say what is left of the quota and are compressed, as those of the standards."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from dothi.centres.opendata.http import answers
from dothi.centres.opendata.quota import Allowance

TAKEN = "dothi.opendata.allowance"


class Metered:
    """Finishes answers to requests whose reader's quota was taken by :func:`..readers.reader`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        allowance = request.META.get(TAKEN)
        if not isinstance(allowance, Allowance):
            return answer
        return answers.packed(request, answers.told(answer, allowance))
