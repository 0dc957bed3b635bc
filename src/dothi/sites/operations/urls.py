"""The addresses of the operations surface."""

from __future__ import annotations

from django.urls import include, path

from dothi.sites.operations import data, views

pages = [
    path("operations/", views.live_map, name="map"),
    path("operations/list/", views.entity_list, name="list"),
    path("operations/units/", views.unit_list, name="units"),
    path("operations/units/<str:code>/", views.unit_page, name="unit"),
    path("operations/pulse/", views.pulse, name="pulse"),
    path("operations/entities/<path:id>/ngsi-ld", data.raw, name="raw"),
    path("operations/entities/<path:id>/", views.entity_page, name="entity"),
    path("operations/data/wards.geojson", data.wards, name="wards"),
    path("operations/data/layers/<str:key>", data.layer_data, name="layer"),
    path("operations/data/means/<str:name>", data.choropleth, name="choropleth"),
    path("operations/data/counts", data.counts, name="counts"),
    path("operations/data/series", data.series, name="series"),
    path("operations/data/tide", data.tide, name="tide"),
    path("operations/data/search", data.search, name="search"),
    path("operations/data/ticket", data.ticket, name="ticket"),
]
urlpatterns = [
    path("", views.live_map, name="home"),
    path("", include((pages, "operations"))),
    path("", include("dothi.sites.ui.urls")),
]
