"""What a person is told of a query that is not run, or ends without an answer."""

from __future__ import annotations

from dothi.core.errors import BadInput, DothiError, TooLarge, TooMany, both


class SqlRefused(BadInput):
    """The text is not a query that may be asked here; ``where`` names the part."""

    kind = "sql-refused"
    title = both("Câu truy vấn không được chấp nhận", "Query refused")


class SqlFailed(BadInput):
    """The query is allowed, and the engine could not carry it out: a column there is not, a bad cast."""

    kind = "sql-failed"
    title = both("Câu truy vấn bị lỗi", "Query failed")


class SqlTooHeavy(DothiError):
    """The query used up its time or its memory."""

    kind, status = "sql-too-heavy", 422
    title = both("Câu truy vấn quá nặng", "Query too heavy")


def refused(vi: str, en: str, where: str = "sql") -> SqlRefused:
    """A refusal in both languages."""
    return SqlRefused(both(vi, en), where=where)


def stopped(kind: str, message: str, *, seconds: float, memory_mb: int) -> DothiError:
    """The error of a query that the sandbox ended for ``kind``."""
    if kind == "timeout":
        return SqlTooHeavy(
            both(
                f"Truy vấn chạy quá {seconds:g} giây. Hãy lọc bớt dữ liệu hoặc bỏ bớt phép nối.",
                f"The query ran for more than {seconds:g} seconds. Filter more, or join less.",
            ),
            limit="time",
        )
    if kind == "memory":
        return SqlTooHeavy(
            both(
                f"Truy vấn cần hơn {memory_mb} MB bộ nhớ. Hãy lọc bớt dữ liệu.",
                f"The query needs more than {memory_mb} MB of memory. Filter more.",
            ),
            limit="memory",
        )
    if kind == "too-large":
        return TooLarge(
            both(
                "Kết quả quá lớn. Hãy chọn ít cột hơn hoặc đặt LIMIT nhỏ hơn.",
                "The answer is too large. Choose fewer columns or a smaller LIMIT.",
            )
        )
    if kind == "busy":
        busy = both(
            "Đang có nhiều truy vấn. Hãy thử lại sau giây lát.",
            "Many queries are running. Try again shortly.",
        )
        return TooMany(busy, retry_after=2)
    if kind == "refused":
        return refused("Bộ máy truy vấn không nhận câu này.", "The engine refuses this query.")
    return SqlFailed(message or both("Truy vấn bị lỗi.", "The query failed."), where="sql")
