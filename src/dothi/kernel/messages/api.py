"""What gateways report, over HTTP."""

from __future__ import annotations

import hmac
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from dothi.core.config import current
from dothi.core.errors import Forbidden, NotFound, both
from dothi.kernel.messages import actions

router = Router()


class ReceiptIn(Schema):
    """A gateway's report: its number of the message and what became of it."""

    channel: Literal["email", "sms", "zalo"]
    id: str
    state: Literal["delivered", "failed"]
    error: str = ""


@router.post("/receipts", auth=None, response={204: None}, summary="Report what became of a message")
def receipt(request: HttpRequest, body: ReceiptIn) -> Status[None]:
    """With the header ``Authorization: Bearer <receipts_token>``. Reporting again changes nothing."""
    token = current().receipts_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Forbidden(both("Sai mã báo cáo.", "The token for reports is wrong."))
    if not actions.receipt(body.channel, body.id, delivered=body.state == "delivered", error=body.error):
        raise NotFound(both("Không có tin nhắn này.", "There is no such message."))
    return Status(204, None)
