"""``/data/v1`` alone, for the bench: ``granian bench.warehouse_server:application`` on the installation DOTHI_HOME."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dothi.serve.django_settings")

from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.warehouse.asgi import build
from dothi.serve import wiring

wiring.configure()
application = build(lambda headers, query_string=b"": ANONYMOUS)
