"""Addresses of Frictionless, CSVW, Atom and SDMX."""

from __future__ import annotations

from django.urls import path, re_path

from dothi.centres.opendata.atom import views as atom
from dothi.centres.opendata.csvw import views as csvw
from dothi.centres.opendata.frictionless import views as frictionless
from dothi.centres.opendata.sdmx import views as sdmx

_KEY = r"(?P<key>[a-z0-9-]+)"
urlpatterns = [
    path("catalog.atom", atom.catalogue),
    re_path(rf"^data/{_KEY}\.atom$", atom.dataset),
    re_path(rf"^data/{_KEY}/datapackage\.json$", frictionless.package),
    re_path(rf"^data/{_KEY}/csv-metadata\.json$", csvw.metadata),
    re_path(r"^sdmx/data/(?P<flow>[^/]+)(?:/(?P<key>[^/]*))?(?:/(?P<provider>[^/]*))?/?$", sdmx.data),
    re_path(
        r"^sdmx/(?P<what>dataflow|datastructure|codelist|conceptscheme|agencyscheme|structure)"
        r"(?:/(?P<agency>[^/]+))?(?:/(?P<id>[^/]+))?(?:/(?P<version>[^/]+))?/?$",
        sdmx.structure,
    ),
]
