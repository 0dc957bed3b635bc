"""Reports as GeoReport v2 says them, and plain values as its JSON or XML. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree  # only written here, never read

from dothi.centres.hotline.models import PublicReport
from dothi.core.clock import HCMC
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.reports import ORGANISATIONS, ReportCategory

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
TYPES: Final = {"json": "application/json", "xml": "text/xml"}
CHANGED: Final = "2026-11-30T00:00:00+07:00"
# What the elements of a list are called.
_ITEMS: Final = {
    "services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute",
    "values": "value", "endpoints": "endpoint", "formats": "format",
}  # fmt: skip


def time(at: datetime | None) -> str | None:
    """A time as W3C writes it, with the city's offset."""
    return at.astimezone(HCMC).isoformat(timespec="seconds") if at else None


def request(
    report: PublicReport, category: ReportCategory | None, language: str, base: str
) -> dict[str, Any]:
    """One service request."""
    codes = packs.vocabulary(ORGANISATIONS)
    names = {each.value: each.label.text(language) for each in codes.codes} if codes else {}
    simulated = {"vi": "Dữ liệu mô phỏng.", "en": "Simulated."}["en" if language == "en" else "vi"]
    return {
        "service_request_id": report.code,
        "status": report.status,
        "status_notes": report.answer or report.label(language),
        "service_name": category.label.text(language) if category else report.category,
        "service_code": report.category,
        "description": report.text,
        "agency_responsible": names.get(report.organisation, report.organisation),
        "service_notice": simulated if report.simulated else None,
        "requested_datetime": time(report.opened_at),
        "updated_datetime": time(report.changed_at),
        "expected_datetime": time(report.due_at),
        "address": None,
        "address_id": report.unit or None,
        "zipcode": None,
        "lat": report.lat,
        "long": report.lon,
        "media_url": f"{base}/requests/{report.code}/photo.jpg" if report.photo else None,
    }


def discovery(base: str, contact: str) -> dict[str, Any]:
    """Where the interface is."""
    return {
        "changeset": CHANGED,
        "contact": contact,
        "key_service": "",
        "endpoints": [
            {
                "specification": SPECIFICATION, "url": base, "changeset": CHANGED, "type": "production",
                "formats": ["application/json", "text/xml"],
            }
        ],
    }  # fmt: skip


def xml(name: str, value: Any) -> bytes:
    """A list or an object as GeoReport v2's XML."""
    root = _element(name, value)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _element(name: str, value: Any) -> ElementTree.Element:
    made = ElementTree.Element(name)
    if isinstance(value, Mapping):
        made.extend(_element(key, inner) for key, inner in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        made.extend(_element(_ITEMS[name], inner) for inner in value)
    elif isinstance(value, bool):
        made.text = "true" if value else "false"
    elif value is not None:
        made.text = "".join(each for each in str(value) if each in "\t\n\r" or each >= " ")
    return made
