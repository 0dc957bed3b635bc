"""A small dossier and a small report, people of a city, a ward and another, and both ways to write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from dothi.kernel.cases import calendars, definitions, delegations, group
from dothi.kernel.identity import access
from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.packs.procedures import Procedure

CITY, WARD, OTHER = "79", "26734", "26740"
ORG = "H29.7"


def label(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label(key, key), **more}


REPORT: dict[str, Any] = {
    "key": "test-report",
    "kind": "report",
    "label": label("Phản ánh", "Report"),
    "version": 1,
    "sector": "hotline",
    "roles": {
        "operator": {"label": label("Trực tổng đài", "Operator")},
        "department": {"label": label("Đơn vị", "Department")},
    },
    "facts": {"rating": {"type": "integer", "label": label("Đánh giá", "Rating")}},
    "forms": {
        "report": {
            "label": label("Phản ánh", "Report"),
            "pages": [
                {
                    "key": "what",
                    "label": label("Việc gì", "What"),
                    "fields": [
                        field("what", required=True, sensitivity="open"),
                        field("name", sensitivity="personal"),
                        field("illness", sensitivity="sensitive"),
                    ],
                }
            ],
        },
        "answer": {
            "label": label("Trả lời", "Answer"),
            "pages": [
                {
                    "key": "answer",
                    "label": label("Trả lời", "Answer"),
                    "fields": [field("answer", required=True, sensitivity="open")],
                }
            ],
        },
        "rate": {
            "label": label("Đánh giá", "Rate"),
            "pages": [
                {
                    "key": "rate",
                    "label": label("Đánh giá", "Rate"),
                    "fields": [field("rating", type="integer", required=True, min=1, max=5)],
                }
            ],
        },
    },
    "start": {"state": "new", "form": "report", "role": ["anyone"]},
    "clocks": {
        "dispatch": {
            "allowance": "5 minutes",
            "label": label("Chuyển", "Dispatch"),
            "starts_on": ["new"],
            "stops_on": ["dispatched"],
            "public": False,
        },
        "answer": {
            "allowance": "5 working days",
            "label": label("Trả lời", "Answer"),
            "starts_on": ["new"],
            "stops_on": ["answered"],
        },
    },
    "states": {
        "new": {
            "label": label("Mới", "New"),
            "actions": {
                "dispatch": {
                    "label": label("Chuyển", "Dispatch"),
                    "to": "dispatched",
                    "role": "operator",
                    "public": True,
                },
                "touch": {"label": label("Ghi", "Touch"), "role": "operator", "public": False},
                "refuse": {
                    "label": label("Từ chối", "Refuse"),
                    "to": "refused",
                    "role": "operator",
                    "note": "required",
                },
            },
        },
        "dispatched": {
            "label": label("Đã chuyển", "Dispatched"),
            "actions": {
                "answer": {
                    "label": label("Trả lời", "Answer"),
                    "to": "answered",
                    "role": "department",
                    "form": "answer",
                    "effects": [{"message": {"template": "answered"}}],
                },
                "hold": {
                    "label": label("Chờ", "Hold"),
                    "role": "department",
                    "pauses": ["answer"],
                    "pause_cause": "works",
                },
                "go-on": {"label": label("Tiếp", "Go on"), "role": "department", "resumes": ["answer"]},
                "send-back": {"label": label("Trả lại", "Send back"), "to": "new", "role": "department"},
            },
        },
        "answered": {
            "label": label("Đã trả lời", "Answered"),
            "phase": "done",
            "outcome": "answered",
            "actions": {
                "rate": {
                    "label": label("Đánh giá", "Rate"),
                    "role": "applicant",
                    "form": "rate",
                    "once": True,
                    "effects": [{"set": {"rating": "data.rating"}}],
                },
                "reopen": {"label": label("Mở lại", "Reopen"), "to": "dispatched", "role": "applicant"},
            },
        },
        "refused": {"label": label("Từ chối", "Refused"), "phase": "done", "outcome": "refused"},
    },
    "messages": {
        "answered": {
            "subject": label("Đã trả lời", "Answered"),
            "text": label("Xin mời xem", "Have a look"),
        }
    },
}


def declared(raw: dict[str, Any], **changed: Any) -> Procedure:
    return msgspec.convert({**raw, **changed}, Procedure)


def someone(
    *patterns: str, unit: str | None = None, organisation: str | None = None, id: str = "0190"
) -> Actor:
    """An actor with these rights, in a unit, an organisation or everywhere."""
    return Actor("account", id, "An", tuple(Grant(each, unit, organisation) for each in patterns), account=id)


OPERATOR = someone("cases.read", "cases.read-personal", "cases.act.*", "cases.comment", id="op")
WARD_OFFICER = someone("cases.read", "cases.act.*", unit=WARD, id="ward")
CITIZEN = someone(id="citizen")


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """The procedures are known; two wards lie in the city."""
    before = list(access._covers)
    access.register_covers(lambda outer, inner: outer == CITY and inner in (WARD, OTHER))
    definitions.forget()
    definitions.use([declared(REPORT)])
    calendars.forget()
    delegations.forget()
    yield
    definitions.forget()
    access._covers[:] = before


@pytest.fixture
def grouped(transactional_db, wired) -> Iterator[None]:
    """Outside of any transaction: commands go through the group's writer."""
    yield
    group.close()
