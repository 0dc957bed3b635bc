"""What the driver's errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import psycopg_pool
from psycopg import errors

from dothi.engines.store.base import StoreConflict, StoreError, StoreUnavailable

# Lost connections and servers that stop or start, but also what a second try mends: deadlock, serialization
# failure, lock timeout, a full disk or too many connections.
_UNAVAILABLE = (
    psycopg_pool.PoolTimeout,
    psycopg_pool.PoolClosed,
    psycopg_pool.TooManyRequests,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
_OURS = (errors.QueryCanceled, errors.ProgramLimitExceeded)


def meaning(error: Exception) -> StoreError:
    """The store's error for one of the driver."""
    text = f"{type(error).__name__}: {error}".strip()
    if isinstance(error, psycopg.IntegrityError):
        return StoreConflict(text)
    if isinstance(error, _UNAVAILABLE) and not isinstance(error, _OURS):
        return StoreUnavailable(text)
    return StoreError(text)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Driver errors of the block as :class:`StoreError`."""
    try:
        yield
    except psycopg.Error as error:
        raise meaning(error) from error
