"""The pages that belong to no surface."""

from __future__ import annotations

from django.urls import path

from dothi.sites.ui import views

urlpatterns = [path("preferences/", views.preferences, name="preferences")]
