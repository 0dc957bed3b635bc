"""/info/sourceIdentity, and the parts of the standard that come later."""

from __future__ import annotations

import time

from dothi.kernel.context.http.answers import Answer, json
from dothi.kernel.context.http.api import Api
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.shown import plain
from dothi.kernel.context.ld.params_base import refuse_unknown

_STARTED = time.time()
ALIAS = "dothi"


async def source_identity(api: Api, call: Call) -> Answer:
    """Who this context source is and since when it runs (5.15)."""
    refuse_unknown(call.parameters(), frozenset())
    seconds = int(time.time() - _STARTED)
    shown = {
        "id": "urn:ngsi-ld:ContextSourceIdentity:dothi",
        "type": "ContextSourceIdentity",
        "contextSourceUptime": f"PT{seconds}S",
        "contextSourceTimeAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "contextSourceAlias": call.tenant or ALIAS,
    }
    return plain(api, call, await api.terms(call), shown)


async def later(api: Api, call: Call) -> Answer:
    """Subscriptions, registrations and what belongs to them."""
    return json(
        501,
        {
            "type": "https://uri.etsi.org/ngsi-ld/errors/OperationNotSupported",
            "title": "Not implemented",
            "status": 501,
            "detail": f"/{call.parts[0]} is not implemented yet",
        },
    )
