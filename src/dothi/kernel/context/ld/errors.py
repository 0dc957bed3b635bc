"""The errors of NGSI-LD: each has the standard's type URI, its HTTP status and a detail that says what and where."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from dothi.core.errors import DothiError, Text, both

BASE = "https://uri.etsi.org/ngsi-ld/errors/"


class NgsiLdError(DothiError):
    """A request NGSI-LD refuses. ``where`` is the path in the input (``pm25.observedAt``, ``[3].type``)."""

    name: ClassVar[str] = "InternalError"
    kind: ClassVar[str] = "ngsi-ld-internal-error"

    def __init__(self, reason: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {reason}" if where else reason, where=where or None)
        self.reason = reason

    @property
    def type(self) -> str:
        """The standard's URI of this error type."""
        return BASE + self.name

    def problem(self) -> dict[str, Any]:
        """The body of the answer (RFC 7807; ETSI GS CIM 009 clause 5.5.2)."""
        return {"type": self.type, "title": self.title["en"], "status": self.status, "detail": str(self)}

    def below(self, prefix: str) -> Self:
        """The same error seen from outside: its path continued to the left by ``prefix``."""
        where = self.where or ""
        joint = "" if not where or where.startswith("[") else "."
        return type(self)(self.reason, where=f"{prefix}{joint}{where}")


class InvalidRequest(NgsiLdError):
    """The request itself is malformed: not JSON, an unknown parameter, a missing body."""

    name, status, kind = "InvalidRequest", 400, "invalid-request"
    title: ClassVar[Text] = both("Yêu cầu không hợp lệ", "Invalid request")


class BadRequestData(NgsiLdError):
    """The data or a parameter does not follow the information model."""

    name, status, kind = "BadRequestData", 400, "bad-request-data"
    title: ClassVar[Text] = both("Dữ liệu yêu cầu không hợp lệ", "Bad request data")


class AlreadyExists(NgsiLdError):
    """What should be created is there already."""

    name, status, kind = "AlreadyExists", 409, "already-exists"
    title: ClassVar[Text] = both("Đã tồn tại", "Already exists")


class Conflict(NgsiLdError):
    """The request contradicts something registered."""

    name, status, kind = "Conflict", 409, "conflict"
    title: ClassVar[Text] = both("Mâu thuẫn", "Conflict")


class OperationNotSupported(NgsiLdError):
    """The operation is not supported for this target."""

    name, status, kind = "OperationNotSupported", 422, "operation-not-supported"
    title: ClassVar[Text] = both("Thao tác không được hỗ trợ", "Operation not supported")


class ResourceNotFound(NgsiLdError):
    """The target does not exist."""

    name, status, kind = "ResourceNotFound", 404, "resource-not-found"
    title: ClassVar[Text] = both("Không tìm thấy tài nguyên", "Resource not found")


class InternalError(NgsiLdError):
    """Something failed on our side."""


class TooComplexQuery(NgsiLdError):
    """Answering this query could take unreasonably long."""

    name, status, kind = "TooComplexQuery", 403, "too-complex-query"
    title: ClassVar[Text] = both("Truy vấn quá phức tạp", "Too complex query")


class TooManyResults(NgsiLdError):
    """The answer would be too large; ask for a page or a narrower selection."""

    name, status, kind = "TooManyResults", 403, "too-many-results"
    title: ClassVar[Text] = both("Quá nhiều kết quả", "Too many results")


class LdContextNotAvailable(NgsiLdError):
    """A remote @context could not be obtained."""

    name, status, kind = "LdContextNotAvailable", 503, "ld-context-not-available"
    title: ClassVar[Text] = both("Không lấy được @context", "@context not available")


class NoMultiTenantSupport(NgsiLdError):
    """A tenant was named and tenants are not supported."""

    name, status, kind = "NoMultiTenantSupport", 501, "no-multi-tenant-support"
    title: ClassVar[Text] = both("Không hỗ trợ nhiều bên thuê", "No multi-tenant support")


class NonexistentTenant(NgsiLdError):
    """The tenant named does not exist."""

    name, status, kind = "NonexistentTenant", 404, "nonexistent-tenant"
    title: ClassVar[Text] = both("Bên thuê không tồn tại", "Nonexistent tenant")
