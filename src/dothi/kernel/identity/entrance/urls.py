"""Sign-in and second factors, under the names that allauth asks for. Mount without a namespace."""

from __future__ import annotations

from allauth.account import views
from allauth.mfa import urls as mfa
from django.urls import include, path
from django.views.generic import TemplateView

from dothi.kernel.identity.entrance.views import change_password

# allauth leads to these by name; here they only say what to do instead.
_closed = TemplateView.as_view(template_name="account/signup_closed.html")
_ask = TemplateView.as_view(template_name="account/password_reset.html")

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", change_password, name="account_change_password"),
    path("signup/", _closed, name="account_signup"),
    path("password/reset/", _ask, name="account_reset_password"),
    path("2fa/", include(mfa)),
]
