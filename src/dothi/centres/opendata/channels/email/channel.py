"""Sends e-mail over SMTP. A mail server that is away stops all letters; an address it refuses stops one."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

from dothi.centres.opendata.channels.base import Notice, Undeliverable
from dothi.core.config import current
from dothi.core.errors import BadInput, Unavailable, both
from dothi.kernel.messages.channels.email.channel import mail_server
from dothi.kernel.messages.rules import email

_FOOT = {
    "vi": "Bạn nhận thư này vì đã đăng ký theo dõi dữ liệu mở. Ngừng nhận: {leave}",
    "en": "You get this because you follow open data. To stop: {leave}",
}


def letter(address: str, notice: Notice, language: str) -> EmailMessage:
    """A plain letter, which programs can leave by themselves (RFC 8058)."""
    made = EmailMessage()
    made["From"], made["To"] = current().mail_from, address
    made["Subject"] = notice.subject[language].replace("\r", " ").replace("\n", " ")
    made["Message-ID"] = f"<{notice.id}@{urlsplit(current().url).hostname}>"
    made["Auto-Submitted"] = "auto-generated"
    if notice.leave:
        made["List-Unsubscribe"] = f"<{notice.leave}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    foot = _FOOT[language].format(leave=notice.leave) if notice.leave else ""
    made.set_content("\n\n".join(part for part in (notice.text[language], notice.link, foot) if part) + "\n")
    return made


class EmailChannel:
    """E-mail."""

    def ready(self) -> bool:
        return bool(current().mail_url and current().mail_from)

    def check(self, address: str) -> str:
        try:
            return email(address)
        except BadInput as error:
            raise BadInput(error.detail, where="address") from error

    def send(self, address: str, notice: Notice, *, language: str, secret: str) -> None:
        try:
            with mail_server() as server:
                server.send_message(letter(address, notice, language))
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise Undeliverable(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                both("Máy chủ thư không trả lời.", "The mail server does not answer.")
            ) from error
