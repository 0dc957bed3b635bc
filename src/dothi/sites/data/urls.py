"""The addresses of the portal. A word that is a page here cannot be read as a dataset's key."""

from __future__ import annotations

from django.urls import path

from dothi.sites.data.later import later
from dothi.sites.data.views import asking, following, inbox, info, publications, search
from dothi.sites.data.views import flows as flow_views

app_name = "data"
workshop = [
    path("workshop/", publications.queue, name="publications"),
    path("workshop/publications/<slug:key>/", publications.publication, name="publication"),
    path("workshop/publications/<slug:key>/<slug:move>/", publications.move, name="move"),
    path("workshop/flows/", flow_views.flow_list, name="flows"),
    path("workshop/flows/<slug:kind>/<slug:key>/", flow_views.flow, name="flow"),
    path("workshop/flows/<slug:kind>/<slug:key>/<slug:act>/", flow_views.act, name="flow-act"),
    path("workshop/runs/<uuid:id>/", flow_views.run, name="run"),
    path("workshop/runs/<uuid:id>/<slug:act>/", flow_views.act_on_run, name="run-act"),
    path("workshop/gates/", flow_views.gates, name="gates"),
    path("workshop/harvest/", later("harvest.harvest"), name="harvest"),
    path("workshop/harvest/<uuid:id>/", later("harvest.run"), name="harvest-run"),
    path("workshop/harvest/<uuid:id>/again/", later("harvest.again"), name="harvest-again"),
    path("workshop/inbox/", inbox.inbox, name="inbox"),
    path("workshop/inbox/<slug:kind>/<uuid:id>/", inbox.answer, name="answer"),
]
urlpatterns = [
    path("", search.portal, name="portal"),
    path("map/", search.by_place, name="map"),
    path("requests/", asking.requests, name="requests"),
    path("requests/<uuid:id>/", asking.request_page, name="request"),
    path("requests/<uuid:id>/support/", asking.support, name="support"),
    path("reuses/", asking.reuses, name="reuses"),
    path("reuses/new/", asking.new_reuse, name="reuse-new"),
    path("subscriptions/", following.mine, name="following"),
    path("subscriptions/<uuid:id>/end/", following.end, name="unfollow"),
    path("subscriptions/confirm", following.letter, {"what": "confirm"}, name="letter-confirm"),
    path("subscriptions/leave", following.letter, {"what": "leave"}, name="letter-leave"),
    path("sql/", later("sql.sql"), name="sql"),
    path("developers/", info.developers, name="developers"),
    path("licences/<str:key>", info.licence, name="licence"),
    *workshop,
    path("<slug:key>/", later("dataset.overview"), name="dataset"),
    path("<slug:key>/table/", later("dataset.table"), name="table"),
    path("<slug:key>/chart/", later("dataset.chart"), name="chart"),
    path("<slug:key>/map/", later("places.rows_map"), name="rows-map"),
    path("<slug:key>/columns/", later("dataset.columns"), name="columns"),
    path("<slug:key>/quality/", later("dataset.quality"), name="quality"),
    path("<slug:key>/versions/", later("dataset.versions"), name="versions"),
    path("<slug:key>/use/", later("dataset.use"), name="use"),
    path("<slug:key>/follow/", following.follow, name="follow"),
    path("<slug:key>/report/", asking.report, name="report"),
    path("<slug:key>/embed/", later("embedding.advice"), name="embed-help"),
    path("<slug:key>/embed/<slug:what>/", later("embedding.embed"), name="embed"),
]
