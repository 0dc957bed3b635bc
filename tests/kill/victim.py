"""The server that gets killed: the NGSI-LD API on a store named by the environment, compacting all the
time."""

from __future__ import annotations

import os
import threading
import time

from dothi.engines.store.registry import open_store
from dothi.kernel.context.asgi import build
from dothi.kernel.context.service import Context
from dothi.kernel.identity.access import SYSTEM

context = Context(open_store(os.environ["KILL_STORE"], schema=os.environ["KILL_SCHEMA"]), terms={})


def compact() -> None:
    while True:
        context.compact_once(200, settle_s=0)
        time.sleep(0.02)


threading.Thread(target=compact, daemon=True).start()
application = build(context, lambda headers, query_string=b"": SYSTEM, open_access=True)
