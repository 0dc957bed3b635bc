"""The addresses of the hotline for other programs: ``/open311/v2``, ``/hotline/zalo``."""

from __future__ import annotations

from django.urls import path, re_path

from dothi.centres.hotline.inbound import webhooks
from dothi.centres.hotline.open311 import views

V2 = r"^open311/v2/"
FORMAT = r"\.(?P<format>json|xml)$"
CODE = r"(?P<code>[A-Za-z0-9-]{1,60})"
app_name = "hotline"
urlpatterns = [
    re_path(r"^open311/(?:v2/)?discovery" + FORMAT, views.discovery, name="discovery"),
    re_path(V2 + "services" + FORMAT, views.services, name="services"),
    re_path(V2 + "services/" + CODE + FORMAT, views.definition, name="definition"),
    re_path(V2 + "requests" + FORMAT, views.requests, name="requests"),
    re_path(V2 + "requests/" + CODE + FORMAT, views.one, name="request"),
    re_path(V2 + "tokens/" + CODE + FORMAT, views.token, name="token"),
    path("open311/v2/openapi.json", views.description, name="openapi"),
    path("hotline/zalo", webhooks.zalo, name="zalo"),
    path("open311/v2/requests/<str:code>/photo.jpg", views.photo, name="photo"),
]
