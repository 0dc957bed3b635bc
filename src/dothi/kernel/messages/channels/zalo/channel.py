"""Sends Zalo messages: by an approved template (ZNS) to a telephone number, as a reply to who wrote to the official account."""

from __future__ import annotations

from typing import Any, Final

from dothi.core.config import current
from dothi.core.errors import Unavailable, both
from dothi.kernel.messages.channels import gateway
from dothi.kernel.messages.channels.base import Outgoing, Refused, Sent
from dothi.kernel.messages.rules import ZALO_USER

# ZNS answers 200 with a code of its own. These pass by themselves: the token expired, too many, out of hours.
_LATER: Final = frozenset({-124, -133, -144, -147, -211, -216})


class ZaloChannel:
    """Zalo."""

    def ready(self) -> bool:
        return bool(current().zalo_token and current().zalo_template)

    def check_config(self) -> list[str]:
        config = current()
        if config.zalo_token and not config.zalo_template:
            return ["zalo_token is set and zalo_template is not"]
        return []

    def send(self, message: Outgoing) -> Sent:
        config = current()
        if message.address.startswith(ZALO_USER):
            user = message.address.removeprefix(ZALO_USER)
            text = f"{message.text} {message.link}".strip()
            return self._sent(
                config.zalo_reply_url, {"recipient": {"user_id": user}, "message": {"text": text}}, message
            )
        body = {
            "phone": message.address.removeprefix("+"),
            "template_id": config.zalo_template,
            "template_data": {"title": message.subject, "text": message.text, "link": message.link},
            "tracking_id": str(message.id),
        }
        return self._sent(config.zalo_url, body, message)

    def _sent(self, url: str, body: dict[str, Any], message: Outgoing) -> Sent:
        said = gateway.post(url, body, {"access_token": current().zalo_token})
        code = int(said.get("error") or 0)
        if code in _LATER:
            raise Unavailable(both(f"Zalo báo lỗi {code}.", f"Zalo answers {code}."))
        if code:
            raise Refused(f"Zalo {code}: {said.get('message', '')}")
        data = said.get("data")
        number = (data.get("msg_id") or data.get("message_id")) if isinstance(data, dict) else None
        return Sent(str(number or message.id))
