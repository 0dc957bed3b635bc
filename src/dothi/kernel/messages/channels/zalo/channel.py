"""Sends Zalo messages by an approved template (ZNS): a title, a text and a link."""

from __future__ import annotations

from typing import Final

from dothi.core.config import current
from dothi.core.errors import Unavailable, both
from dothi.kernel.messages.channels import gateway
from dothi.kernel.messages.channels.base import Outgoing, Refused, Sent

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
        body = {
            "phone": message.address.removeprefix("+"),
            "template_id": config.zalo_template,
            "template_data": {"title": message.subject, "text": message.text, "link": message.link},
            "tracking_id": str(message.id),
        }
        said = gateway.post(config.zalo_url, body, {"access_token": config.zalo_token})
        code = int(said.get("error") or 0)
        if code in _LATER:
            raise Unavailable(both(f"Zalo báo lỗi {code}.", f"Zalo answers {code}."))
        if code:
            raise Refused(f"Zalo {code}: {said.get('message', '')}")
        data = said.get("data")
        return Sent(str(data.get("msg_id") if isinstance(data, dict) else message.id))
