"""Sends text messages: one POST of JSON a message, as the common gateways take it."""

from __future__ import annotations

from dothi.core.config import current
from dothi.kernel.messages.channels import gateway
from dothi.kernel.messages.channels.base import Outgoing, Sent
from dothi.kernel.messages.rules import short


class SmsChannel:
    """Text messages."""

    def ready(self) -> bool:
        return bool(current().sms_url)

    def check_config(self) -> list[str]:
        config = current()
        told = []
        if config.sms_url.startswith("http://") and "//127.0.0.1" not in config.sms_url:
            told.append("sms_url is not https: texts and numbers would travel in the clear")
        if config.sms_url and not config.sms_token:
            told.append("sms_url is set and sms_token is not")
        return told

    def send(self, message: Outgoing) -> Sent:
        config = current()
        body = {
            "id": str(message.id), "to": message.address, "from": config.sms_sender,
            "text": short(message.subject, message.text, message.link),
        }  # fmt: skip
        said = gateway.post(config.sms_url, body, {"Authorization": f"Bearer {config.sms_token}"})
        return Sent(str(said.get("id") or message.id))
