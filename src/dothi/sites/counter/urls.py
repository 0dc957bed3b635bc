"""The addresses of the counter, under ``/desk/one-stop/``."""

from __future__ import annotations

from django.urls import path

from dothi.sites.counter.views import intake, papers, queue, registered, tickets

app_name = "counter"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("next/", queue.claim, name="claim"),
    path("dossiers/<str:code>/", queue.look, name="look"),
    path("dossiers/<str:code>/registered/", registered.registered, name="registered"),
    path("dossiers/<str:code>/pay/", registered.pay, name="pay"),
    path("intake/", intake.choose, name="intake"),
    path("intake/new/<str:key>/", intake.begin, name="begin"),
    path("intake/<uuid:id>/", intake.resume, name="draft"),
    path("intake/<uuid:id>/leave/", intake.leave, name="leave"),
    path("intake/<uuid:id>/<slug:step>/", intake.step, name="step"),
    path("tickets/", tickets.desk, name="tickets"),
    path("tickets/call/", tickets.call, name="call"),
    path("tickets/<int:key>/", tickets.done, name="ticket"),
    path("kiosk/<str:unit>/", tickets.kiosk, name="kiosk"),
    path("board/<str:unit>/", tickets.board, name="board"),
    path("lists/", papers.lists, name="lists"),
    path("lists/<uuid:key>/", papers.one, name="list"),
    path("results/", papers.out, name="out"),
    path("results/posted/<uuid:key>/", papers.delivered, name="delivered"),
    path("results/<str:code>/", papers.hand_out, name="hand-out"),
]
