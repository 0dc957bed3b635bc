"""The mailbox of 1022, asked over IMAP: what is unseen is taken, then marked as seen."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlsplit

import structlog

from dothi.centres.hotline.inbound.email.driver import MAIL_MB
from dothi.core.config import LOOPBACK
from dothi.core.errors import Unavailable, both

log = structlog.get_logger()
AT_ONCE: Final = 50
TIMEOUT_S: Final = 30


def open_mailbox(url: str) -> imaplib.IMAP4:
    """The mailbox at ``imaps://name:password@host/folder``, signed in; without TLS on this machine only. Raises ``Unavailable``."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    try:
        box: imaplib.IMAP4
        if parts.scheme == "imaps":
            box = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT_S)
        else:
            box = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT_S)
            if host not in LOOPBACK:
                box.starttls(context)
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        box.select(unquote(parts.path.strip("/")) or "INBOX")
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unavailable(both("Hộp thư không trả lời.", "The mailbox does not answer.")) from error
    return box


def poll(box: imaplib.IMAP4, take: Callable[[bytes], object]) -> int:
    """Give every unseen message to ``take``; how many. One that is marked was taken: if this stops between, it comes again."""
    _, found = box.uid("search", "UNSEEN")
    numbers = (found[0] or b"").split()[:AT_ONCE] if found else []
    for number in numbers:
        named = number.decode()
        _, size = box.uid("fetch", named, "(RFC822.SIZE)")
        if _size(size) <= MAIL_MB << 20:
            _, parts = box.uid("fetch", named, "(BODY.PEEK[])")
            content = next((each[1] for each in parts if isinstance(each, tuple)), b"")
            take(content)
        else:
            log.warning("hotline.mail_too_large", uid=named)
        box.uid("store", named, "+FLAGS", r"(\Seen)")
    return len(numbers)


def _size(answer: list[object]) -> int:
    text = next((each for each in answer if isinstance(each, bytes)), b"")
    with contextlib.suppress(ValueError, IndexError):
        return int(text.split(b"RFC822.SIZE")[1].strip(b" )").split()[0])
    return 0
