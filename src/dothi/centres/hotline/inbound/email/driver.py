"""An e-mail as a report: its words, its pictures, the code in its subject. Nothing in it is trusted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Final

from dothi.centres.hotline.inbound.base import Incoming, NotForUs
from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.core.text import nfc
from dothi.kernel.messages.rules import Recipient, email

CODE: Final = re.compile(r"\b1022-\d{6}-\d{5,9}\b")
MAIL_MB, PHOTO_MB, PHOTOS_MOST, PARTS_MOST, TEXT_MOST = 25, 15, 5, 60, 4_000
_QUOTED: Final = re.compile(
    r"^(>|-{2,} ?(original message|thư gốc)|on .{0,200}wrote:|vào .{0,200}đã viết:)", re.IGNORECASE
)
_MACHINES: Final = frozenset({"mailer-daemon", "postmaster", "no-reply", "noreply", "donotreply"})
_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})


class EmailDriver:
    """E-mail."""

    channel = "e-mail"

    def ready(self) -> bool:
        return bool(current().hotline_mail_url)

    def check_config(self) -> list[str]:
        config = current()
        if config.hotline_mail_url and not config.mail_url:
            return ["hotline_mail_url is set and mail_url is not: e-mails are taken and cannot be answered"]
        return []

    def number(self, content: bytes) -> str:
        head = message_from_bytes(content[:65_536], policy=policy.compat32)
        return str(head.get("Message-ID") or "").strip()[:500] or hashlib.sha256(content).hexdigest()

    def read(self, content: bytes) -> Incoming:
        if len(content) > MAIL_MB << 20:
            raise NotForUs(f"larger than {MAIL_MB} MB")
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        name, address = parseaddr(_head(mail, "From"))
        sender = email(address)
        _no_machine(mail, sender)
        photos, skipped = _files(mail)
        subject = _plain(_head(mail, "Subject"))
        found = CODE.search(subject)
        said = _unquoted(_body(mail))
        text = said if found else "\n".join(filter(None, (subject, said)))
        if not text.strip() and not photos:
            raise BadInput(
                both("Thư không có nội dung đọc được.", "The e-mail holds nothing that can be read.")
            )
        to = Recipient(name=_plain(name)[:120], email=sender)
        return Incoming(to, text[:TEXT_MOST], found[0] if found else "", None, photos, skipped)


def _head(mail: EmailMessage, name: str) -> str:
    return " ".join(str(mail.get(name) or "").split())[:1000]


def _no_machine(mail: EmailMessage, sender: str) -> None:
    """Refuse what a machine wrote: to answer it would go round for ever (RFC 3834)."""
    auto = _head(mail, "Auto-Submitted").lower()
    local = sender.partition("@")[0].lower()
    if auto and not auto.startswith("no"):
        raise NotForUs(f"Auto-Submitted: {auto[:40]}")
    if _head(mail, "Precedence").lower() in _BULK or mail.get("List-Id") or mail.get("X-Autoreply"):
        raise NotForUs("a list, or an automatic reply")
    if _head(mail, "Return-Path") == "<>" or mail.get_content_type() == "multipart/report":
        raise NotForUs("a bounce")
    if local in _MACHINES or sender.lower() == current().mail_from.lower():
        raise NotForUs("sent by a machine, or by ourselves")


def _parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something, without what was forwarded whole; at most :data:`PARTS_MOST`."""
    waiting, seen = [mail], 0
    while waiting and seen < PARTS_MOST:
        part, seen = waiting.pop(0), seen + 1
        if part.get_content_maintype() == "multipart":
            waiting = [each for each in part.iter_parts() if isinstance(each, EmailMessage)] + waiting
        elif part.get_content_maintype() != "message":
            yield part


def _body(mail: EmailMessage) -> str:
    texts = [
        each for each in _parts(mail) if each.get_content_maintype() == "text" and not each.get_filename()
    ]
    plain = next((each for each in texts if each.get_content_subtype() == "plain"), None)
    if plain is not None and (said := _plain(_decoded(plain))):
        return said
    html = next((each for each in texts if each.get_content_subtype() == "html"), None)
    return _plain(_Words.of(_decoded(html))) if html is not None else ""


def _decoded(part: EmailMessage) -> str:
    raw = part.get_payload(decode=True)
    body = raw if isinstance(raw, bytes) else b""
    try:
        return body[: 1 << 20].decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a character set that nobody knows
        return body[: 1 << 20].decode("utf-8", "replace")


def _plain(text: str) -> str:
    kept = "".join(each for each in nfc(text) if each in "\n\t" or each.isprintable())
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def _unquoted(text: str) -> str:
    """What was written now: without the letter it answers."""
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if _QUOTED.match(line.strip())), len(lines))
    return "\n".join(lines[:end]).strip() or text


def _files(mail: EmailMessage) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The pictures; what they really are is looked at when they become documents."""
    photos: list[tuple[str, bytes]] = []
    skipped: list[str] = []
    for part in _parts(mail):
        name = part.get_filename()
        image = part.get_content_maintype() == "image"
        if not name and not image:
            continue
        named = re.sub(r"[^\w.\- ]", "_", _plain(str(name or "photo")).replace("\\", "/").rsplit("/", 1)[-1])[
            -80:
        ]
        raw = part.get_payload(decode=True)
        if image and isinstance(raw, bytes) and 0 < len(raw) <= PHOTO_MB << 20 and len(photos) < PHOTOS_MOST:
            photos.append((named or "photo", raw))
        else:
            skipped.append(named)
    return photos, skipped[:20]


class _Words(HTMLParser):
    """The words of a page, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    @classmethod
    def of(cls, html: str) -> str:
        """The words of ``html``."""
        made = cls()
        made.feed(html)
        made.close()
        return "".join(made.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "head")
        if tag in ("p", "br", "div", "li", "tr"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "head") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
