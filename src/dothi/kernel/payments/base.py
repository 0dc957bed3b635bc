"""What a way to pay is, and what some of them can do besides: be asked, give money back, compare a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

from dothi.core.errors import Text
from dothi.kernel.payments.models import Attempt, Refund


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a provider's settings: an ``error`` keeps it from working, a ``warning`` should be known."""

    level: Literal["error", "warning"]
    setting: str
    text: Text


@dataclass(frozen=True, slots=True)
class Start:
    """Where a payer goes: to an address of the provider, or (no address) to our own page of the attempt."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider says of an attempt. ``paid`` None: it does not know yet."""

    paid: bool | None
    provider_no: str = ""
    amount: int = 0
    paid_at: datetime | None = None
    bank: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a provider says of a refund: done, or refused with its words. What is away raises instead."""

    done: bool
    provider_no: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """One transaction of a provider's file."""

    reference: str
    provider_no: str
    amount: int
    paid_at: datetime | None
    paid: bool = True


class Provider(Protocol):
    """A way to pay. ``money`` is the account where its money stands; ``online``: payers start it themselves."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> Text: ...

    @property
    def money(self) -> str: ...

    @property
    def online(self) -> bool: ...

    @property
    def simulated(self) -> bool: ...

    def ready(self) -> bool:
        """Whether its settings are there: only then is it offered."""
        ...

    def check_config(self) -> list[Problem]:
        """What an administrator should know about its settings; nothing when all is well."""
        ...

    def start(self, attempt: Attempt) -> Start:
        """Where the payer of this attempt goes."""
        ...


@runtime_checkable
class Asked(Protocol):
    """A provider that can be asked what became of an attempt."""

    def ask(self, attempt: Attempt) -> Told: ...


@runtime_checkable
class Refunds(Protocol):
    """A provider that sends money back on request; of others a person does it and says so."""

    def send_back(self, refund: Refund) -> Returned: ...


@runtime_checkable
class Statement(Protocol):
    """A provider that gives a file of a day."""

    def read(self, content: bytes, day: date) -> Sequence[Settled]: ...
