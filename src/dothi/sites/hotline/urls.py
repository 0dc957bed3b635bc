"""The addresses of the 1022 desk, under ``/desk/1022/``."""

from __future__ import annotations

from django.urls import path

from dothi.sites.hotline.views import call, inbox, library, report, shift

app_name = "hotline_desk"
urlpatterns = [
    path("", shift.queue, name="queue"),
    path("shift/", shift.shift, name="shift"),
    path("messages/", inbox.inbox, name="inbox"),
    path("messages/<uuid:id>/<slug:what>/", inbox.act, name="inbox-act"),
    path("answers/", library.answers, name="answers"),
    path("answers/new/", library.edit, name="answer-new"),
    path("answers/<uuid:id>/", library.edit, name="answer"),
    path("calls/", call.begin, name="begin"),
    path("calls/<uuid:id>/", call.call, name="call"),
    path("calls/<uuid:id>/assist/", call.assist, name="assist"),
    path("calls/<uuid:id>/caller/", call.known, name="known"),
    path("calls/<uuid:id>/end/", call.end, name="end"),
    path("reports/<str:code>/", report.report, name="report"),
    path("reports/<str:code>/<slug:what>/", report.act, name="act"),
]
