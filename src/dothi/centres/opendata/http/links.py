"""The pages behind the links in letters. Opening one does nothing yet: mail programs open links by themselves."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dothi.centres.opendata.actions import subscriptions
from dothi.centres.opendata.http import answers
from dothi.core.errors import DothiError, Text, both
from dothi.kernel.identity.access import ANONYMOUS

_WORDS: Final[dict[str, tuple[Text, Text, Text]]] = {
    "confirm": (
        both("Theo dõi dữ liệu mở", "Follow open data"),
        both("Xác nhận", "Confirm"),
        both("Đã xác nhận. Bạn sẽ nhận thư khi có thay đổi.", "Confirmed. You will be told of changes."),
    ),
    "leave": (
        both("Ngừng theo dõi dữ liệu mở", "Stop following open data"),
        both("Ngừng nhận thư", "Stop the letters"),
        both("Đã ngừng. Địa chỉ của bạn đã được xoá.", "Stopped. Your address was deleted."),
    ),
}
_BACK: Final = both("Về cổng dữ liệu mở", "To the open-data portal")


# The token is the only credential, and mail programs that leave with one click (RFC 8058) bring no other.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, what: str) -> HttpResponseBase:
    """GET asks, POST does."""
    language = answers.language(request)
    title, button, done = (text[language] for text in _WORDS[what])
    token = request.POST.get("token") or request.GET.get("token", "")
    shown = {
        "title": title,
        "button": button,
        "token": token,
        "back": _BACK[language],
        "language": language,
        "done": "",
    }
    status = 200
    if request.method == "POST":
        try:
            act = subscriptions.confirm if what == "confirm" else subscriptions.leave
            act(token[:100], by=ANONYMOUS)
            shown["done"] = done
        except DothiError as error:
            shown["done"], status = error.text(language), error.status
    answer: HttpResponse = render(request, "opendata/link.html", shown, status=status)
    answer["Referrer-Policy"], answer["Cache-Control"] = "no-referrer", "no-store"
    return answer
