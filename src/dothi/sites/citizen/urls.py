"""The addresses of the citizen site."""

from __future__ import annotations

from django.urls import path

from dothi.sites.citizen.views import confirm, dossier, home, me, report, reports, services, track, verify

app_name = "citizen"
urlpatterns = [
    path("", home.home, name="home"),
    path("services/", services.search, name="services"),
    path("services/<str:key>/", services.procedure, name="service"),
    path("services/<str:key>/start/", dossier.begin, name="begin"),
    path("drafts/<uuid:id>/", dossier.resume, name="draft"),
    path("drafts/<uuid:id>/leave/", dossier.leave, name="leave"),
    path("drafts/<uuid:id>/<slug:step>/", dossier.step, name="step"),
    path("report/", report.begin, name="report"),
    path("report/photos/<uuid:id>/", report.photo, name="waiting-photo"),
    path("report/<slug:step>/", report.step, name="report-step"),
    path("reports/", reports.reports, name="reports"),
    path("reports/follow/", reports.follow, name="follow"),
    path("reports/follow/done/", reports.followed, name="followed"),
    path("reports/follow/leave/", reports.leave, name="stop"),
    path("reports/<str:code>/", reports.one, name="public"),
    path("track/", track.ask, name="track"),
    path("track/<str:code>/", track.case, name="case"),
    path("track/<str:code>/do/<slug:action>/", track.act, name="act"),
    path("track/<str:code>/documents/<uuid:id>/", track.document, name="document"),
    path("track/<str:code>/confirm/", track.confirm, name="confirm-contact"),
    path("me/", me.me, name="me"),
    path("confirm/", confirm.ask, name="confirm"),
    path("confirm/code/", confirm.code, name="code"),
    path("verify/", verify.verify, name="verify"),
]
