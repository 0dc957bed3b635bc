"""Where the standards of open data are: the DCAT catalogue, one dataset's description, the CKAN API."""

from __future__ import annotations

from django.urls import include, path, re_path

from dothi.centres.opendata.ckan import views as ckan
from dothi.centres.opendata.dcat import views as dcat

app_name = "opendata"
urlpatterns = [
    path("catalog", dcat.negotiate, name="catalogue"),
    re_path(r"^catalog\.(?P<form>ttl|rdf|jsonld)$", dcat.catalogue, name="catalogue-as"),
    re_path(r"^data/(?P<key>[a-z0-9-]+)\.(?P<form>ttl|rdf|jsonld)$", dcat.dataset, name="dataset-as"),
    path("", include("dothi.centres.opendata.standards.urls")),
    re_path(r"^api/(?:3/)?action/(?P<name>[a-z_]+)$", ckan.act, name="ckan"),
]
