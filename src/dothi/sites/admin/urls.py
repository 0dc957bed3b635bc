"""The addresses of administration."""

from __future__ import annotations

from django.urls import path

from dothi.sites.admin.views import boundaries, events, feeds, letters, overview, packs, system, units

app_name = "administration"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("system/", system.system, name="system"),
    path("feeds/", feeds.feed_list, name="feeds"),
    path("feeds/<str:key>/", feeds.feed, name="feed"),
    path("feeds/<str:key>/switch/", feeds.switch, name="switch"),
    path("feeds/<str:key>/reset/", feeds.reset, name="reset"),
    path("events/", events.consumers, name="events"),
    path("events/newest/", events.newest, name="newest"),
    path("events/failed/", letters.letter_list, name="letters"),
    path("events/failed/resend/", letters.resend_all, name="resend-all"),
    path("events/failed/<int:key>/", letters.letter, name="letter"),
    path("events/failed/<int:key>/resend/", letters.resend, name="resend"),
    path("events/failed/<int:key>/discard/", letters.discard, name="discard"),
    path("packs/", packs.pack_list, name="packs"),
    path("packs/types/<str:key>/", packs.entity_type, name="entity-type"),
    path("packs/<str:key>/", packs.pack, name="pack"),
    path("packs/<str:key>/publish/", packs.publish, name="publish"),
    path("units/", units.look_up, name="units"),
    path("units/boundaries/", boundaries.boundaries, name="boundaries"),
    path("units/<str:key>/", units.unit, name="unit"),
]
