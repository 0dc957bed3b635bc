"""Calls to providers: JSON both ways, a time limit, and whether a failure is theirs, ours, or the network's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from dothi.core.errors import DothiError, both

TIMEOUT_S: Final = 15.0
_MOST: Final = 1_000_000


class Away(DothiError):
    """A provider did not answer, or not with anything of use: what was asked is asked again later.

    Not ``Unavailable``: that would keep everything else waiting behind one provider's bad day.
    """

    kind, status = "provider-away", 502
    title = both("Đơn vị thanh toán không trả lời", "The payment provider does not answer")


def post_json(url: str, body: Mapping[str, Any], timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """The JSON object that ``url`` answers; raises :class:`Away`."""
    import urllib3  # only who calls needs it

    try:
        answer = urllib3.request(
            "POST",
            url,
            body=msgspec.json.encode(body),
            headers={"Content-Type": "application/json"},
            timeout=timeout_s,
            retries=False,
            preload_content=False,
        )
        content = answer.read(_MOST)
        answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Away(both(f"{url} không trả lời.", f"{url} does not answer: {error}")) from error
    if answer.status != 200:
        raise Away(both(f"{url} trả HTTP {answer.status}.", f"{url} answers HTTP {answer.status}."))
    try:
        found = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise Away(both(f"{url} không trả JSON.", f"{url} does not answer JSON.")) from error
    if not isinstance(found, dict):
        raise Away(both(f"{url} không trả đối tượng JSON.", f"{url} does not answer an object."))
    return found
