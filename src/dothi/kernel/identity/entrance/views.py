"""Where allauth's own views need another way out."""

from __future__ import annotations

from allauth.account.views import PasswordChangeView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext

from dothi.kernel.identity.entrance.forms import ChangePasswordForm


@method_decorator(login_required, name="dispatch")
class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    """A new password; other sessions of the account end, this one goes on."""

    success_url = reverse_lazy("identity:account")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, gettext("Your password was changed. Other devices were signed out."))
        return response


change_password = ChangePassword.as_view()
