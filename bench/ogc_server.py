"""``/ogc`` alone, for the bench: ``granian bench.ogc_server:application`` on the installation DOTHI_HOME."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dothi.serve.django_settings")

import django

from dothi.centres.opendata.ogc.asgi import build
from dothi.kernel.identity.access import ANONYMOUS
from dothi.serve import wiring

django.setup()
wiring.configure()
application = build(lambda headers, query_string=b"": ANONYMOUS)
