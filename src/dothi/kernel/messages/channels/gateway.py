"""JSON over HTTP to a gateway, with a timeout; which answers mean "later" and which mean "never"."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import urllib3

from dothi.core.errors import Unavailable, both
from dothi.kernel.messages.channels.base import Refused

TIMEOUT_S: Final = 15.0
_LATER: Final = frozenset(
    {401, 403, 408, 409, 425, 429}
)  # a wrong token is mended by a person: keep the message
_http = urllib3.PoolManager(timeout=urllib3.Timeout(TIMEOUT_S), retries=False)


def post(url: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """The gateway's answer. Raises :class:`Refused` or ``Unavailable``."""
    try:
        answer = _http.request(
            "POST",
            url,
            body=msgspec.json.encode(body),
            headers={**headers, "Content-Type": "application/json"},
        )
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(
            both("Cổng gửi tin không trả lời.", "The message gateway does not answer.")
        ) from error
    if answer.status >= 500 or answer.status in _LATER:
        raise Unavailable(
            both(
                f"Cổng gửi tin báo lỗi {answer.status}.", f"The message gateway answers HTTP {answer.status}."
            )
        )
    try:
        said = msgspec.json.decode(answer.data) if answer.data else {}
    except msgspec.DecodeError:
        said = {}
    if not 200 <= answer.status < 300:
        raise Refused(f"HTTP {answer.status}: {str(said)[:300]}")
    return said if isinstance(said, dict) else {}
