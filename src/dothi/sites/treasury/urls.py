"""The addresses of the back office of payments, under ``/desk/payments/``."""

from __future__ import annotations

from django.urls import path

from dothi.sites.treasury import views

app_name = "treasury"
urlpatterns = [
    path("", views.orders, name="orders"),
    path("orders/<uuid:key>/", views.order, name="order"),
    path("refunds/", views.waiting, name="refunds"),
    path("reconciliations/", views.reconciliations, name="reconciliations"),
    path("reconciliations/<uuid:key>/", views.reconciliation, name="reconciliation"),
    path("reconciliations/<uuid:key>/differences.csv", views.differences, name="differences"),
    path("ledger/", views.ledger, name="ledger"),
]
