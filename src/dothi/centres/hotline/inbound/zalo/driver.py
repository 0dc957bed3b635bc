"""A message to the Zalo official account, as its webhook tells it: text, picture, place."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

import msgspec

from dothi.centres.hotline.inbound.base import Incoming, NotForUs
from dothi.core.clock import now_us
from dothi.core.config import current
from dothi.core.errors import BadInput, Forbidden, both
from dothi.kernel.messages.rules import Recipient

EVENTS: Final = frozenset({"user_send_text", "user_send_image", "user_send_location"})
OLD_S: Final = 3_600  # Zalo tries again for some minutes; what is older is a replay
_BYTES: Final = 262_144


class ZaloDriver:
    """Zalo."""

    channel = "zalo"

    def ready(self) -> bool:
        return bool(current().zalo_app_id and current().zalo_webhook_secret)

    def check_config(self) -> list[str]:
        config = current()
        if bool(config.zalo_app_id) != bool(config.zalo_webhook_secret):
            return ["zalo_app_id and zalo_webhook_secret go together"]
        return []

    def number(self, content: bytes) -> str:
        event = _event(content)
        return str(_part(event, "message").get("msg_id") or "")[:200] or hashlib.sha256(content).hexdigest()

    def read(self, content: bytes) -> Incoming:
        event = _event(content)
        if event.get("event_name") not in EVENTS:
            raise NotForUs(f"event {str(event.get('event_name'))[:40]}")
        user = str(_part(event, "sender").get("id") or "")
        if not user.isdigit() or len(user) > 40:
            raise BadInput(both("Tin không có người gửi.", "The message has no sender."))
        message = _part(event, "message")
        text = str(message.get("text") or "")[:4_000]
        links, position = [], None
        for each in (message.get("attachments") or [])[:10]:
            payload = _part(each, "payload") if isinstance(each, dict) else {}
            if each.get("type") == "location" if isinstance(each, dict) else False:
                position = _position(_part(payload, "coordinates"))
            elif payload.get("url"):
                links.append(str(payload["url"])[:500])
        # Pictures are not fetched: an address in a message may lead anywhere. The operator sees the link.
        text = "\n".join(filter(None, (text, *links)))
        if not text and position is None:
            raise BadInput(both("Tin trống.", "The message is empty."))
        return Incoming(Recipient(zalo_user=user), text, position=position, skipped=links)


def check(content: bytes, signature: str) -> None:
    """Refuse what Zalo did not sign, or signed too long ago: ``mac = sha256(app id + body + timestamp + secret)``."""
    config = current()
    if not ZaloDriver().ready():
        raise Forbidden(both("Kênh Zalo chưa được cài đặt.", "Zalo is not set up here."))
    if len(content) > _BYTES:
        raise BadInput(both("Tin quá lớn.", "The message is too large."))
    try:
        stamp = str(_event(content).get("timestamp") or "")
    except BadInput as error:  # unsigned rubbish is refused like any other
        raise _forged() from error
    whole = config.zalo_app_id.encode() + content + stamp.encode() + config.zalo_webhook_secret.encode()
    given = signature.removeprefix("mac=").strip().lower()
    if not hmac.compare_digest(hashlib.sha256(whole).hexdigest().encode(), given.encode()):
        raise _forged()
    if not stamp.isdigit() or len(stamp) > 15 or abs(now_us() - int(stamp) * 1000) > OLD_S * 1_000_000:
        raise Forbidden(both("Tin đã quá cũ.", "The message is too old."))


def _forged() -> Forbidden:
    return Forbidden(both("Chữ ký của Zalo không đúng.", "The signature is not Zalo's."))


def _event(content: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(both("Tin không phải JSON.", "The message is not JSON.")) from error
    if not isinstance(found, dict):
        raise BadInput(both("Tin không phải JSON.", "The message is not JSON."))
    return found


def _part(of: dict[str, Any], name: str) -> dict[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _position(given: dict[str, Any]) -> tuple[float, float] | None:
    try:
        lon, lat = float(given["longitude"]), float(given["latitude"])
    except (KeyError, TypeError, ValueError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None
