"""Where a change stands in the log, so that a change committed late is never passed over.

SQLite has one writer at a time: sequence numbers are committed in order. PostgreSQL gives numbers out before
commit: there a position is (transaction id, sequence number), and only transactions older than every one
still running are in sight of readers that move a mark.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Dialect = Literal["sqlite", "postgresql"]


class Position(NamedTuple):
    """A place in the log. ``txid`` is 0 on SQLite."""

    txid: int
    seq: int


START = Position(0, 0)


def encode(position: Position) -> str:
    """The text consumers keep. Texts sort as the positions do."""
    return f"{position.txid:016x}-{position.seq:012x}"


def decode(text: str | None) -> Position:
    """The position in ``text``; the start when there is none. Raises :class:`ValueError`."""
    if text is None:
        return START
    txid, _, seq = text.partition("-")
    return Position(int(txid, 16), int(seq, 16))


def columns(dialect: Dialect) -> str:
    """The two columns of a change's position."""
    return "txid, seq" if dialect == "postgresql" else "0, seq"


def after(dialect: Dialect, position: Position) -> tuple[str, tuple[int, ...]]:
    """A condition for changes past ``position``."""
    if dialect == "postgresql":
        return "(txid, seq) > (?, ?)", position
    return "seq > ?", (position.seq,)


# A database restored into another server meets transaction ids that begin anew. Each restore begins an era:
# the
# default of ``change.txid`` adds the era times this to the server's number, so that positions keep growing.
ERA = 2**44


def settled(dialect: Dialect) -> str:
    """A condition for changes that none can still be committed before."""
    if dialect == "postgresql":
        era = "(SELECT seq FROM mark WHERE key = 'era')"
        return f"txid < {era} * {ERA} + pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    return "1 = 1"


def order(dialect: Dialect) -> str:
    """The log's order."""
    return "txid, seq" if dialect == "postgresql" else "seq"
