"""Tickets cannot be forged and do not last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.clock import frozen, now
from dothi.core.errors import Unauthenticated
from dothi.kernel.identity import tickets
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM


def test_a_visitor_has_a_ticket_too():
    assert tickets.read(tickets.mint(ANONYMOUS)) is ANONYMOUS


def test_a_ticket_ends():
    with frozen(now()) as clock:
        ticket = tickets.mint(ANONYMOUS, ttl_s=60)
        clock.advance(timedelta(seconds=60))
        with pytest.raises(Unauthenticated):
            tickets.read(ticket)


def test_the_platform_itself_gets_no_ticket():
    with pytest.raises(ValueError, match="system"):
        tickets.mint(SYSTEM)


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_ticket_is_refused(place, change):
    import base64

    text = tickets.mint(ANONYMOUS)
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[place % len(raw)] ^= change
    with pytest.raises(Unauthenticated):
        tickets.read(base64.urlsafe_b64encode(bytes(raw)).decode())


@given(st.text(max_size=80))
def test_what_is_no_ticket_is_refused(text):
    with pytest.raises(Unauthenticated):
        tickets.read(text)
