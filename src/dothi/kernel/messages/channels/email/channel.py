"""Sends e-mail over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr
from urllib.parse import unquote, urlsplit

from dothi.core.config import current
from dothi.core.errors import Unavailable, both
from dothi.kernel.messages.channels.base import Outgoing, Refused, Sent

TIMEOUT_S = 15


def letter(message: Outgoing) -> EmailMessage:
    """A plain letter in the language of who gets it."""
    config = current()
    made = EmailMessage()
    made["From"] = config.mail_from or f"dothi@{urlsplit(config.url).hostname}"
    made["To"] = formataddr((message.name, message.address))
    made["Subject"] = message.subject
    made["Message-ID"] = f"<{message.id}@{urlsplit(config.url).hostname}>"
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = message.language
    link = message.link if message.link not in message.text else ""
    made.set_content("\n\n".join(part for part in (message.text, link) if part) + "\n")
    return made


class EmailChannel:
    """E-mail."""

    def ready(self) -> bool:
        return bool(current().mail_url and current().mail_from)

    def check_config(self) -> list[str]:
        config = current()
        return ["mail_url is set and mail_from is not"] if config.mail_url and not config.mail_from else []

    def send(self, message: Outgoing) -> Sent:
        try:
            with mail_server() as server:
                server.send_message(letter(message))
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise Refused(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                both("Máy chủ thư không trả lời.", "The mail server does not answer.")
            ) from error
        return Sent(str(message.id))


def mail_server() -> smtplib.SMTP:
    """A connection to the mail server of the settings, signed in; for whoever sends letters of their own making."""
    parts = urlsplit(current().mail_url)
    host, safe = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=safe)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
        if server.has_extn("starttls") or parts.username:
            server.starttls(context=safe)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
