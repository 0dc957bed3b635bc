"""Who rings or writes, in one form, and what is kept of it."""

from __future__ import annotations

import hashlib
import hmac
import re

from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.core.secrets import secret
from dothi.kernel.messages.rules import phone


def normal(number: str) -> str:
    """A caller's number in one form: ``+84…`` for a mobile, digits else; empty for a hidden number. Raises :class:`BadInput`."""
    bare = re.sub(r"[\s.\-()]", "", number)
    if not bare:
        return ""
    try:
        return phone(bare)
    except BadInput:
        if re.fullmatch(r"\+?\d{3,15}", bare):
            return bare
        raise BadInput(
            both("Số máy gọi không hợp lệ.", "This is not a telephone number."), where="number"
        ) from None


def keyed(address: str) -> str:
    """What is kept of a number or address: a hash under a key of this installation."""
    key = secret(current().home, "callers").encode()
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest() if address else ""
