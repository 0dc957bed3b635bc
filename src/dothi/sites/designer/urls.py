"""The addresses of the designer, under ``/desk/procedures/``."""

from __future__ import annotations

from django.urls import path

from dothi.sites.designer.views import deciding, drawing, editing, listing, moving, trying

app_name = "designer"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("new/", listing.new, name="new"),
    path("published/<str:key>/", listing.published, name="published"),
    path("published/<str:key>/running/", moving.running, name="running"),
    path("published/<str:key>/procedure.bpmn", drawing.published_bpmn, name="published-bpmn"),
    path("<uuid:id>/", editing.overview, name="overview"),
    path("<uuid:id>/settle/<int:index>/", editing.settle, name="settle"),
    path("<uuid:id>/parts/<slug:part>/", editing.part, name="part"),
    path("<uuid:id>/item/", editing.item, name="item"),
    path("<uuid:id>/change/", editing.change, name="change"),
    path("<uuid:id>/grid/<slug:key>/", editing.grid, name="grid"),
    path("<uuid:id>/yaml/", editing.text, name="yaml"),
    path("<uuid:id>/expression/", editing.expression, name="expression"),
    path("<uuid:id>/diagram/", drawing.diagram, name="diagram"),
    path("<uuid:id>/procedure.bpmn", drawing.bpmn, name="bpmn"),
    path("<uuid:id>/tables/<slug:key>.dmn", drawing.dmn, name="dmn"),
    path("<uuid:id>/paths/", trying.paths, name="paths"),
    path("<uuid:id>/walk/", trying.walk, name="walk"),
    path("<uuid:id>/form/", trying.form, name="form"),
    path("<uuid:id>/history/", deciding.history, name="history"),
    path("<uuid:id>/decide/", deciding.decide, name="decide"),
]
