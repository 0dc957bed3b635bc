"""Django under WSGI: its ASGI handler costs several times more per request."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dothi.serve.django_settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
