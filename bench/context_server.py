"""The NGSI-LD API alone, for the bench: ``granian bench.context_server:application`` on the store
BENCH_STORE."""

from __future__ import annotations

import os

from dothi.engines.store.registry import open_store
from dothi.kernel.context.asgi import build
from dothi.kernel.context.service import Context
from dothi.kernel.identity.access import SYSTEM

context = Context(open_store(os.environ["BENCH_STORE"], schema=os.environ["BENCH_SCHEMA"]))
application = build(context, lambda headers, query_string=b"": SYSTEM, open_access=True)
