"""The pages of identity. Sign-in itself is in ``entrance/urls.py``, mounted without a namespace."""

from __future__ import annotations

from django.urls import path

from dothi.kernel.identity.pages import audit, own, people, setup

app_name = "identity"
urlpatterns = [
    path("", own.account, name="account"),
    path("tokens/", own.tokens, name="tokens"),
    path("tokens/<uuid:key>/revoke/", own.revoke_token, name="revoke-token"),
    path("sign-ins/", own.sign_ins, name="sign-ins"),
    path("setup/<str:secret>/", setup.setup, name="setup"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:key>/", people.person, name="person"),
    path("people/<uuid:key>/link/", people.reset_link, name="reset-link"),
    path("people/<uuid:key>/active/", people.set_active, name="set-active"),
    path("people/<uuid:key>/factors/", people.reset_factors, name="reset-factors"),
    path("people/tokens/<uuid:key>/revoke/", people.revoke_token, name="revoke-their-token"),
    path("assignments/<int:key>/revoke/", people.revoke_role, name="revoke-role"),
    path("audit/", audit.audit, name="audit"),
]
