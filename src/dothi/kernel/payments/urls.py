"""The pages of payments, under ``/payments/``."""

from __future__ import annotations

from django.urls import path

from dothi.kernel.payments.pages import payer, simulated, vnpay

app_name = "payments"
urlpatterns = [
    path("vnpay/ipn", vnpay.ipn, name="vnpay-ipn"),
    path("vnpay/return", vnpay.back, name="vnpay-return"),
    path("simulated/return", simulated.back, name="simulated-return"),
    path("simulated/<uuid:key>/", simulated.bank, name="simulated"),
    path("attempts/<uuid:key>/", payer.attempt, name="attempt"),
    path("receipts/<uuid:key>/", payer.receipt, name="receipt"),
    path("<uuid:key>/", payer.order, name="order"),
]
