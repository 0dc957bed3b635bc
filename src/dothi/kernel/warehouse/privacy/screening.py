"""Personal data in columns, found by form, by check digits, by lists of names, and by what columns are called.

A finding is for a person to decide about; its samples are masked. What is not found may still be personal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from dothi.kernel.warehouse.privacy import judging
from dothi.kernel.warehouse.privacy.masks import mask

MOST_DIFFERENT = 100_000
SAMPLES = 3
SENSITIVE = frozenset({"bhyt", "bank_account", "bank_card"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data in a column.

    ``kind``: cccd, cmnd, passport, phone, tax_code, plate, bhyt, email, bank_account, bank_card, name, address,
    birth_date. ``count`` of ``checked`` values are of that kind (``within`` longer text, or as the whole value).
    ``confidence`` is from 0 to 1, ``hinted`` whether the column's name says so too, ``samples`` are masked.
    """

    column: str
    kind: str
    count: int
    checked: int
    confidence: float
    hinted: bool
    within: bool
    samples: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.count / self.checked if self.checked else 0.0

    @property
    def sensitivity(self) -> str:
        """What the column should be declared as, at least."""
        return "sensitive" if self.kind in SENSITIVE else "personal"


def screening(
    batches: Iterable[pa.RecordBatch] | pa.Table, columns: Sequence[str] | None = None
) -> list[Finding]:
    """What personal data the columns seem to hold (None: every column of text, whole numbers or dates).

    Counts are of rows. Of a column with more than a hundred thousand different values those that come first are looked at.
    """
    counts: dict[str, Counter[str]] = {}
    for batch in batches.to_batches() if isinstance(batches, pa.Table) else batches:
        for field in batch.schema:
            if (columns is None or field.name in columns) and _can_hold(field.type):
                _add(counts.setdefault(field.name, Counter()), batch.column(field.name))
    found: list[Finding] = []
    for name, values in counts.items():
        for verdict in judging.judge(name, values):
            samples = tuple(str(mask(sample, verdict.kind)) for sample in verdict.samples[:SAMPLES])
            found.append(
                Finding(
                    name,
                    verdict.kind,
                    verdict.count,
                    sum(values.values()),
                    verdict.confidence,
                    verdict.hinted,
                    verdict.within,
                    samples,
                )
            )
    return found


def _can_hold(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_date(kind)
        or pa.types.is_timestamp(kind)
    )


def _add(counter: Counter[str], column: pa.Array) -> None:
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("us", column.type.tz)).cast(pa.date32())
    counted = pc.value_counts(column.drop_null())
    pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    for value, count in pairs:
        text = str(value).strip()
        if text and (text in counter or len(counter) < MOST_DIFFERENT):
            counter[text] += count
