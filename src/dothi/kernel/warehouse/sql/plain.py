"""Arrow values as JSON has them."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

_EXACT = 2**53


def plain_rows(table: pa.Table) -> list[list[Any]]:
    """The rows of ``table``: times in ISO 8601, whole decimals as integers, no NaN, bytes in hexadecimal."""
    return [list(map(plain, row)) for row in zip(*(c.to_pylist() for c in table.columns), strict=True)]


def plain(value: Any) -> Any:
    """One value. An integer that JavaScript cannot hold is text."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return plain(int(value)) if value == value.to_integral_value() else float(value)
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.hex() if isinstance(value, bytes) else str(value)
