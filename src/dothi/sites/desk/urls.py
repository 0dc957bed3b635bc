"""The addresses of the desk."""

from __future__ import annotations

from django.urls import path

from dothi.sites.desk.views import changing, duplicates, imports, record, reform, registers, retention

app_name = "desk"
urlpatterns = [
    path("registers/", registers.registers, name="registers"),
    path("registers/imports/", imports.imports, name="imports"),
    path("registers/imports/<uuid:id>/", imports.job, name="import"),
    path("registers/imports/<uuid:id>/cancel/", imports.cancel, name="import-cancel"),
    path("registers/imports/<uuid:id>/errors.csv", imports.refused_rows, name="import-errors"),
    path("registers/duplicates/", duplicates.overview, name="duplicates"),
    path("registers/duplicates/<slug:type>/", duplicates.queue, name="duplicates-queue"),
    path("registers/duplicates/<slug:type>/<int:id>/", duplicates.pair, name="duplicates-pair"),
    path("registers/<slug:type>/", registers.records, name="records"),
    path("registers/<slug:type>/records.<slug:format>", registers.download, name="download"),
    path("registers/<slug:type>/units/", reform.units, name="units"),
    path("registers/<slug:type>/units.csv", reform.report, name="units-report"),
    path("registers/<slug:type>/retention/", retention.retention, name="retention"),
    path("registers/<slug:type>/new/", changing.create, name="create"),
    path("registers/<slug:type>/import/", imports.bring, name="bring"),
    path("registers/<slug:type>/<uuid:id>/", record.record, name="record"),
    path("registers/<slug:type>/<uuid:id>/part/<int:merge>/", changing.part, name="part"),
    path("registers/<slug:type>/<uuid:id>/revise/", changing.change, {"how": "revise"}, name="revise"),
    path("registers/<slug:type>/<uuid:id>/correct/", changing.change, {"how": "correct"}, name="correct"),
    path("registers/<slug:type>/<uuid:id>/end/", changing.end, name="end"),
]
