"""Sends runs as OpenLineage events to another lineage tool, in order, again when it is away; what it refuses is
kept as a dead letter for a person.
"""

from __future__ import annotations

from typing import Final

import msgspec

from dothi.core.errors import BadInput, Unavailable, both
from dothi.kernel.events.declared import Consumer, add, remove
from dothi.kernel.events.log import Event

NAME: Final = "openlineage"
_TIMEOUT_S: Final = 10


def declare(url: str) -> None:
    """Send the events to ``url`` from now on; an empty one sends none."""
    remove(NAME)
    if url:
        types = ("vn.dothi.pipelines.run-*",)
        add(Consumer(NAME, "city", types, lambda event: send(url, event), atomic=False, start="head"))


def send(url: str, event: Event) -> None:
    """Send one event. Raises ``Unavailable`` when the tool is away, :class:`BadInput` when it refuses."""
    import urllib3  # only who sends needs it

    body = msgspec.json.encode(event.data)
    try:
        answer = urllib3.request(
            "POST",
            url,
            body=body,
            headers={"Content-Type": "application/json"},
            timeout=_TIMEOUT_S,
            retries=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(both(f"{url} không trả lời: {error}", f"{url} does not answer: {error}")) from error
    if answer.status >= 500 or answer.status in (408, 429):
        raise Unavailable(both(f"{url} trả HTTP {answer.status}", f"{url} answers HTTP {answer.status}"))
    if answer.status >= 300:
        raise BadInput(both(f"{url} từ chối: HTTP {answer.status}", f"{url} refuses: HTTP {answer.status}"))
