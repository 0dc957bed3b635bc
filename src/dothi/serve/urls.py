"""Where each surface and each API begins. Hot paths are not here: see ``dothi.serve.compose``."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from dothi.serve.api import api

urlpatterns = [
    path("api/", api.urls),
    path("language/", set_language, name="set_language"),
    path("identity/", include("dothi.kernel.identity.urls")),
    path("account/", include("dothi.kernel.identity.entrance.urls")),
    path("payments/", include("dothi.kernel.payments.urls")),
    path("admin/", include("dothi.sites.admin.urls")),
    path("", include("dothi.centres.hotline.urls")),
    path("", include("dothi.centres.opendata.urls")),
    path("c/", include("dothi.sites.citizen.urls")),
    path("data/", include("dothi.sites.data.urls")),
    path("desk/payments/", include("dothi.sites.treasury.urls")),
    path("desk/one-stop/", include("dothi.sites.counter.urls")),
    path("desk/1022/", include("dothi.sites.hotline.urls")),
    path("desk/procedures/", include("dothi.sites.designer.urls")),
    path("desk/", include("dothi.sites.desk.urls")),
    path("desk/", include("dothi.sites.casework.urls")),
    path("", include("dothi.sites.operations.urls")),
]
handler400 = "dothi.sites.ui.views.bad_request"
handler403 = "dothi.sites.ui.views.permission_denied"
handler404 = "dothi.sites.ui.views.page_not_found"
handler500 = "dothi.sites.ui.views.server_error"
