"""Asks the mailbox of 1022 in the background, where one is set."""

from __future__ import annotations

import contextlib
import imaplib
import threading
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections

from dothi.centres.hotline.inbound import taking
from dothi.centres.hotline.inbound.email import mailbox
from dothi.core.config import current
from dothi.core.errors import DothiError

log = structlog.get_logger()
EVERY_S: Final = 30.0


def run(stop: threading.Event, every_s: float = EVERY_S) -> None:
    """Ask the mailbox again and again, for as long as the process runs."""
    url = current().hotline_mail_url
    while url and not stop.is_set():
        close_old_connections()
        try:
            box = mailbox.open_mailbox(url)
            try:
                mailbox.poll(box, lambda content: taking.take("e-mail", content))
            finally:
                with contextlib.suppress(OSError, imaplib.IMAP4.error):
                    box.logout()
        except (OSError, OperationalError, imaplib.IMAP4.error, DothiError) as error:
            log.warning("hotline.mailbox_waits", error=str(error)[:200])
        finally:
            close_old_connections()
        stop.wait(every_s)
