"""Columns of texts into columns of their types, a batch at a time, as their form says."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.conform import TYPES
from dothi.kernel.warehouse.ingest.inferring import NULLS, Form

_HCMC_US = 7 * 3600 * 1_000_000  # Viet Nam has kept UTC+7 without summer time since 1975
_NULLS = pa.array(NULLS)


def native(form: Form) -> pa.DataType | None:
    """The type that Arrow's own CSV reader gives a column of this form; None: it is read as text first."""
    if form.type in ("string", "boolean"):
        return TYPES[form.type]
    if form.style == "plain" or (form.type == "date" and form.style == "iso"):
        return TYPES[form.type]
    if form.style == "iso-zone":
        return pa.timestamp("us", "UTC")
    return pa.timestamp("us") if form.style == "iso" else None


def convert(array: pa.Array, form: Form, name: str) -> pa.Array:
    """``array`` (as Arrow read it, or texts) in the column's type; raises :class:`BadInput` with a sample."""
    if not pa.types.is_string(array.type) or form.type == "string":
        return (
            _local(array)
            if pa.types.is_timestamp(array.type) and array.type.tz is None
            else array.cast(TYPES[form.type])
        )
    texts = pc.utf8_trim_whitespace(array)
    texts = pc.if_else(pc.is_in(texts, _NULLS), pa.scalar(None, pa.string()), texts)
    try:
        return _converted(texts, form)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _wrong(texts, form, name, error) from None


def _converted(texts: pa.Array, form: Form) -> pa.Array:
    if form.type in ("integer", "number"):
        return _number(texts, form)
    if form.type == "boolean":
        return pc.utf8_lower(texts).cast(pa.bool_())
    if form.type == "date":
        return (texts if form.style == "iso" else _iso_days(texts, form)).cast(pa.date32())
    if form.style == "iso-zone":
        return texts.cast(pa.timestamp("us", "UTC"))
    if form.style == "iso":
        return _local(texts.cast(pa.timestamp("us")))
    return _local(_day_and_clock(texts, form).cast(pa.timestamp("us")))


def _number(texts: pa.Array, form: Form) -> pa.Array:
    if form.style == "vi":
        texts = pc.replace_substring(pc.replace_substring(texts, ".", ""), ",", ".")
    elif form.style == "en":
        texts = pc.replace_substring(texts, ",", "")
    texts = pc.replace_substring_regex(texts, r"^\+", "")
    return texts.cast(TYPES[form.type])


def _iso_days(texts: pa.Array, form: Form) -> pa.Array:
    """``2/9/2026`` as ``2026-09-02``: Arrow reads only that."""
    parts = r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$"
    year_first = r"\3-\1-\2" if form.style.startswith("mdy") else r"\3-\2-\1"
    return _padded(pc.replace_substring_regex(texts, parts, year_first))


def _padded(days: pa.Array) -> pa.Array:
    days = pc.replace_substring_regex(days, r"-(\d)-", r"-0\1-")
    return pc.replace_substring_regex(days, r"-(\d)$", r"-0\1")


def _day_and_clock(texts: pa.Array, form: Form) -> pa.Array:
    pattern = r"^(?P<c>\S+?)[ ,]+(?P<d>\S+)$" if form.style == "time-dmy" else r"^(?P<d>\S+?)[ T]+(?P<c>\S+)$"
    parts = pc.extract_regex(texts, pattern)
    days = _iso_days(pc.struct_field(parts, "d"), form)
    clock = pc.replace_substring_regex(pc.struct_field(parts, "c"), r"^(\d):", r"0\1:")
    clock = pc.replace_substring_regex(clock, r"^(\d\d:\d\d)$", r"\1:00")
    return pc.binary_join_element_wise(days, clock, " ")


def _local(array: pa.Array) -> pa.Array:
    """Times of day in Viet Nam as moments."""
    micros = pc.subtract(array.cast(pa.timestamp("us")).cast(pa.int64()), pa.scalar(_HCMC_US, pa.int64()))
    return micros.cast(pa.timestamp("us", "UTC"))


def _wrong(texts: pa.Array, form: Form, name: str, error: Exception) -> BadInput:
    sample = ""
    for text in texts.drop_null().to_pylist():
        try:
            _converted(pa.array([text]), form)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            sample = text[:80]
            break
    return BadInput(
        both(
            f"Cột “{name}”: “{sample}” không đọc được thành {form.type}. Hãy sửa, hoặc khai báo cột là string.",
            f"Column '{name}': '{sample}' cannot be read as {form.type}. Mend it, or declare the column a string.",
        ),
        where=f"columns.{name}",
    )
