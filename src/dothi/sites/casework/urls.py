"""The addresses of the case desk, under ``/desk/``."""

from __future__ import annotations

from django.urls import path

from dothi.sites.casework.views import case, queue, workload

app_name = "casework"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("workload/", workload.workload, name="workload"),
    path("cases/<str:code>/", case.case, name="case"),
    path("cases/<str:code>/take/", case.take, name="take"),
    path("cases/<str:code>/comment/", case.comment, name="comment"),
    path("cases/<str:code>/do/<str:action>/", case.act, name="act"),
    path("cases/<str:code>/documents/<uuid:id>/", case.document, name="document"),
]
