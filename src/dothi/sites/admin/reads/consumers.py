"""How far those who read the logs are, in a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from dothi.kernel.events import queries
from dothi.kernel.events.queries import ConsumerState
from dothi.sites.admin.reads.signs import Sign

# Events are handled within a second; what waits this long is stuck.
PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ConsumerLine:
    """A consumer with its state in a word."""

    state: ConsumerState
    sign: Sign


def is_behind(state: ConsumerState, at: datetime) -> bool:
    """Whether something has waited for this consumer longer than it should."""
    return state.oldest_waiting is not None and state.oldest_waiting + PATIENCE < at


def sign_of(state: ConsumerState, at: datetime) -> Sign:
    """Stopped, waiting for something, behind, or up to date."""
    if not state.running:
        return Sign("alert", _("not running"))
    if state.waiting_for:
        return Sign("warn", _("waiting"))
    if state.behind is None:
        return Sign("warn", _("its log cannot be read"))
    return Sign("warn", _("behind")) if is_behind(state, at) else Sign("normal", _("up to date"))


def lines(at: datetime) -> list[ConsumerLine]:
    """Every consumer that ever ran here."""
    return [ConsumerLine(state, sign_of(state, at)) for state in queries.consumer_states()]
