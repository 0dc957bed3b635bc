"""A session to read cases with: Django's when a transaction is open, else the store's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from django.db import transaction

from dothi.engines import registry
from dothi.engines.store.base import Session
from dothi.kernel.cases import sessions


@contextmanager
def reading() -> Iterator[tuple[Session, Literal["sqlite", "postgresql"]]]:
    """A session and its dialect; within an open transaction what it has written is seen."""
    if sessions.in_transaction():
        yield sessions.django_session()
        return
    try:
        store = registry.store("city")
    except registry.NotWired:
        with transaction.atomic():
            yield sessions.django_session()
        return
    with store.read(snapshot=False) as session:
        yield session, store.dialect
