"""The addresses of the case desk, under ``/desk/``."""

from __future__ import annotations

from django.urls import path

from dothi.sites.casework.views import case, handing, leading, lists, queue, signing, workload

app_name = "casework"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("workload/", workload.workload, name="workload"),
    path("leader/", leading.leading, name="leading"),
    path("leader/figures/", leading.figures, name="figures"),
    path("leader/figures.csv", leading.export, name="figures-csv"),
    path("leader/figures/<slug:measure>/", leading.behind, name="behind"),
    path("lists/keep/", lists.keep, name="keep"),
    path("lists/<uuid:key>/forget/", lists.forget, name="forget"),
    path("bulk/", lists.bulk, name="bulk"),
    path("people/", handing.away, name="away"),
    path("cases/<str:code>/assign/", handing.assign, name="assign"),
    path("cases/<str:code>/remind/", handing.remind, name="remind"),
    path("signing/", signing.signing, name="signing"),
    path("signing/<str:code>/<str:action>/paper.pdf", signing.paper, name="paper"),
    path("cases/<str:code>/", case.case, name="case"),
    path("cases/<str:code>/take/", case.take, name="take"),
    path("cases/<str:code>/comment/", case.comment, name="comment"),
    path("cases/<str:code>/do/<str:action>/", case.act, name="act"),
    path("cases/<str:code>/documents/<uuid:id>/", case.document, name="document"),
]
