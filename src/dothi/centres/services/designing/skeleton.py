"""The course that nearly every dossier takes, as a declaration to begin from: submitted, accepted, processed, result.

Decree 118/2025 has one course for all procedures at the one-stop shop; what differs is put in by whoever finishes the
draft. Nothing here is a figure of a procedure's own: its time, fees and documents come from elsewhere. No I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

ENDS: Final = ("issued", "refused", "withdrawn")


def label(vi: str, en: str | None = None) -> dict[str, str]:
    """A label; one language stands for both until somebody writes the other."""
    return {"vi": vi, "en": en or vi}


def field(key: str, vi: str, en: str, **more: Any) -> dict[str, Any]:
    """A question."""
    return {"key": key, "label": label(vi, en), **more}


def page(key: str, vi: str, en: str, *fields: dict[str, Any]) -> dict[str, Any]:
    """A page of a form."""
    return {"key": key, "label": label(vi, en), "fields": list(fields)}


def body(
    *,
    key: str,
    name: dict[str, str],
    sector: str,
    business: bool = False,
    timed: bool,
    paid: bool,
    signed: bool,
) -> dict[str, Any]:
    """A whole declaration. ``timed``: the statutory clock is put in by the caller; ``paid``: so is a fee table."""
    counting = ["statutory"] if timed else []
    return {
        "key": key,
        "kind": "dossier",
        "label": name,
        "version": 1,
        "sector": sector,
        "roles": {
            "clerk": {"label": label("Cán bộ một cửa", "One-stop clerk")},
            "specialist": {"label": label("Chuyên viên thụ lý", "Specialist")},
            **({"leader": {"label": label("Lãnh đạo phê duyệt", "Leader")}} if signed else {}),
        },
        "facts": {"accepted": {"type": "date", "label": label("Ngày tiếp nhận", "Accepted on")}},
        "forms": _forms(business),
        "start": {
            "state": "submitted",
            "form": "application",
            "role": ["applicant", "clerk"],
            **({"effects": [{"request_payment": {}}]} if paid else {}),
        },
        "documents": [],
        "clocks": {
            "accept": {
                "allowance": "1 working day",
                "label": label("Tiếp nhận", "To accept"),
                "starts_on": ["submitted"],
                "stops_on": ["in-review", "waiting", "refused", "withdrawn"],
                "basis": label("Nghị định 118/2025/NĐ-CP.", "Decree 118/2025/NĐ-CP."),
            }
        },
        "states": _states(counting, paid=paid, signed=signed),
        "letters": _letters(timed),
        "messages": _messages(timed),
    }


def statutory(allowance: str) -> dict[str, Any]:
    """The clock of the time that the procedure takes."""
    return {
        "allowance": allowance,
        "label": label("Thời hạn theo quy định", "Statutory time"),
        "starts_on": ["accept"],
        "stops_on": ["ready", "refused", "withdrawn"],
    }


def _forms(business: bool) -> dict[str, Any]:
    name = field("applicant_name", "Họ và tên người nộp", "Full name", required=True, max_length=120)
    person = field(
        "applicant_id", "Số định danh cá nhân", "Personal number", type="personal-id", required=True
    )
    firm = (
        field("business_name", "Tên tổ chức, doanh nghiệp", "Name of the organisation or business", max_length=200),
        field("business_code", "Mã số doanh nghiệp", "Business number", max_length=20),
    )  # fmt: skip
    return {
        "application": {
            "label": label("Đơn đề nghị", "Application"),
            "pages": [
                page(
                    "applicant", "Người nộp hồ sơ", "Applicant", name, person, *(firm if business else ()),
                    field("applicant_phone", "Điện thoại", "Telephone", type="phone", required=True),
                    field("applicant_email", "Thư điện tử", "E-mail", type="email"),
                    field("applicant_address", "Địa chỉ", "Address", required=True, max_length=300),
                ),
                page(
                    "request", "Nội dung đề nghị", "What is asked for",
                    field("request", "Nội dung đề nghị", "What is asked for", type="multiline", required=True, max_length=4000),
                ),
            ],
        },
        "supplement": _one(
            "Yêu cầu bổ sung", "Request to supplement",
            field("missing", "Các nội dung cần bổ sung (một lần, đầy đủ)", "Everything that is missing (once, in full)", type="multiline", required=True, max_length=4000, sensitivity="internal"),
        ),
        "reply": _one(
            "Nộp bổ sung", "Supplement",
            field("reply_text", "Giải trình", "Explanation", type="multiline", max_length=4000),
        ),
        "outcome": _one(
            "Kết quả", "Result",
            field("result_no", "Số văn bản kết quả", "Number of the result", required=True, max_length=60, sensitivity="internal"),
        ),
        "rating": _one(
            "Đánh giá", "Rating",
            field("rating", "Mức hài lòng (1–5)", "Satisfaction (1–5)", type="integer", required=True, min=1, max=5, sensitivity="internal", widget="stars"),
            field("rating_text", "Góp ý", "Comment", type="multiline", max_length=1000),
        ),
    }  # fmt: skip


def _one(vi: str, en: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"label": label(vi, en), "pages": [page("one", vi, en, *fields)]}


def _states(counting: Sequence[str], *, paid: bool, signed: bool) -> dict[str, Any]:
    pausing = {"pauses": list(counting), "pause_cause": "supplement"} if counting else {}
    late = [{"clock": "statutory", "at": "due", "effects": [{"letter": {"template": "apology"}}, {"message": {"template": "late"}}]}]  # fmt: skip
    timers = {"timers": late} if counting else {}
    supplement = {
        "label": label("Yêu cầu bổ sung", "Ask to supplement"), "to": "waiting", "role": ["clerk", "specialist"],
        "form": "supplement", "once": True, **pausing,
        "effects": [{"letter": {"template": "supplement-request"}}, {"message": {"template": "supplement"}}],
    }  # fmt: skip
    withdraw = {
        "label": label("Rút hồ sơ", "Withdraw"), "to": "withdrawn", "role": ["applicant", "clerk"],
        "confirm": label("Rút hồ sơ này?", "Withdraw the dossier?"),
    }  # fmt: skip
    refuse = {
        "label": label("Từ chối", "Refuse"),
        "to": "refused",
        "role": ["specialist"],
        "note": "required",
    }
    grant = {
        "label": label("Duyệt kết quả", "Decide"),
        "to": "ready",
        "role": "specialist",
        "form": "outcome",
    }
    propose = {"label": label("Trình lãnh đạo", "Put to the leader"), "to": "signing", "role": "specialist", "form": "outcome"}  # fmt: skip
    rate = {"label": label("Đánh giá", "Rate"), "role": "applicant", "form": "rating", "once": True, "public": False}  # fmt: skip
    reply = {
        "label": label("Nộp bổ sung", "Supplement"), "to": "in-review", "role": ["applicant", "clerk"], "form": "reply",
        **({"resumes": list(counting)} if counting else {}),
        "branches": [{"when": "facts.accepted = null", "to": "submitted"}],
    }  # fmt: skip
    signing = {
        "signing": {
            "label": label("Chờ ký", "To be signed"), "on_enter": [{"assign": {"role": "leader"}}],
            "actions": {
                "sign": {"label": label("Ký kết quả", "Sign"), "to": "ready", "role": "leader"},
                "return": {"label": label("Trả lại", "Give back"), "to": "in-review", "role": "leader", "note": "required"},
            }, **timers,
        }
    }  # fmt: skip
    return {
        "submitted": {
            "label": label("Đã nộp", "Submitted"), "on_enter": [{"message": {"template": "submitted"}}],
            "actions": {
                "accept": {
                    "label": label("Tiếp nhận", "Accept"), "to": "in-review", "role": "clerk", **({"paid": True} if paid else {}),
                    "effects": [{"set": {"accepted": "today"}}, {"letter": {"template": "receipt"}}, {"assign": {"role": "specialist"}}, {"message": {"template": "accepted"}}],
                },
                "supplement": supplement,
                "refuse-intake": {"label": label("Từ chối tiếp nhận", "Refuse to accept"), "to": "refused", "role": "clerk", "note": "required"},
                "withdraw": withdraw,
            },
            "timers": [{"clock": "accept", "at": "due", "effects": [{"message": {"template": "accept-late", "to": "clerk"}}]}],
        },
        "waiting": {
            "label": label("Chờ bổ sung", "Waiting for the supplement"), "phase": "waiting",
            "actions": {"reply": reply, "withdraw": withdraw},
        },
        "in-review": {
            "label": label("Đang xử lý", "Being processed"),
            "actions": {"supplement": supplement, **({"propose": propose} if signed else {"decide": grant}), "refuse": refuse, "withdraw": withdraw},
            **timers,
        },
        **(signing if signed else {}),
        "ready": {
            "label": label("Có kết quả", "The result is ready"), "on_enter": [{"message": {"template": "ready"}}],
            "actions": {"hand-over": {"label": label("Trả kết quả", "Hand over"), "to": "issued", "role": ["clerk", "system"]}},
        },
        "issued": {"label": label("Đã trả kết quả", "Handed over"), "phase": "done", "outcome": "accepted", "actions": {"rate": rate}},
        "refused": {
            "label": label("Từ chối", "Refused"), "phase": "done", "outcome": "refused",
            "on_enter": [{"message": {"template": "refused"}}], "actions": {"rate": rate},
        },
        "withdrawn": {
            "label": label("Đã rút", "Withdrawn"), "phase": "done", "outcome": "withdrawn",
            **({"on_enter": [{"when": "payments.paid > 0", "refund": {}}]} if paid else {}),
        },
    }  # fmt: skip


def _letters(timed: bool) -> dict[str, Any]:
    due = (
        ("\n\nNgày hẹn trả kết quả: **{{ clocks.statutory.due | datetime }}**.", "\n\nThe result is promised for **{{ clocks.statutory.due | datetime }}**.")
        if timed else ("", "")
    )  # fmt: skip
    made = {
        "receipt": {
            "label": label("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt and appointment"), "signed": True,
            "template": label(
                "Mã hồ sơ: **{{ case.code }}**\n\n{{ organisation.name }} đã tiếp nhận hồ sơ của ông/bà **{{ data.applicant_name }}** về việc {{ case.procedure }}.\n\nGiấy tờ đã nhận: {{ documents.list }}" + due[0],
                "Code of the dossier: **{{ case.code }}**\n\n{{ organisation.name }} has accepted the dossier of **{{ data.applicant_name }}** for {{ case.procedure }}.\n\nDocuments received: {{ documents.list }}" + due[1],
            ),
        },
        "supplement-request": {
            "label": label("Phiếu yêu cầu bổ sung hồ sơ", "Request to supplement"),
            "template": label(
                "Hồ sơ {{ case.code }} của ông/bà {{ data.applicant_name }} cần bổ sung **một lần** các nội dung sau:\n\n{{ data.missing }}",
                "The dossier {{ case.code }} of {{ data.applicant_name }} must be supplemented, **once**, with the following:\n\n{{ data.missing }}",
            ),
        },
    }  # fmt: skip
    if timed:
        made["apology"] = {
            "label": label("Phiếu xin lỗi và hẹn lại ngày trả kết quả", "Apology and new appointment"),
            "template": label(
                "{{ organisation.name }} xin lỗi ông/bà {{ data.applicant_name }} vì hồ sơ {{ case.code }} chưa có kết quả đúng hẹn.",
                "{{ organisation.name }} apologises to {{ data.applicant_name }}: the dossier {{ case.code }} is not decided in time.",
            ),
        }
    return made


def _messages(timed: bool) -> dict[str, Any]:
    due = ("Hẹn trả kết quả: {{ clocks.statutory.due | datetime }}. ", "The result is promised for {{ clocks.statutory.due | datetime }}. ") if timed else ("", "")  # fmt: skip
    made = {
        "submitted": _message("Đã nhận hồ sơ {{ case.code }}", "Dossier {{ case.code }} received", "Hồ sơ {{ case.code }} đã nộp. {{ case.link }}", "The dossier {{ case.code }} was submitted. {{ case.link }}"),
        "accepted": _message("Hồ sơ {{ case.code }} được tiếp nhận", "Dossier {{ case.code }} accepted", due[0] + "{{ case.link }}", due[1] + "{{ case.link }}"),
        "supplement": _message("Hồ sơ {{ case.code }} cần bổ sung", "Dossier {{ case.code }} must be supplemented", "{{ data.missing }} Nộp bổ sung tại {{ case.link }}", "{{ data.missing }} Supplement it at {{ case.link }}"),
        "accept-late": _message("{{ case.code }} chưa tiếp nhận đúng hạn", "{{ case.code }} was not accepted in time", "Hồ sơ {{ case.code }} nộp lúc {{ case.opened | datetime }} chưa được tiếp nhận.", "The dossier {{ case.code }} of {{ case.opened | datetime }} was not accepted."),
        "ready": _message("Hồ sơ {{ case.code }} có kết quả", "Dossier {{ case.code }}: the result is ready", "Kết quả đã có tại {{ case.link }}", "The result is at {{ case.link }}"),
        "refused": _message("Hồ sơ {{ case.code }} không được giải quyết", "Dossier {{ case.code }}: refused", "Lý do: {{ note }} {{ case.link }}", "Reason: {{ note }} {{ case.link }}"),
    }  # fmt: skip
    if timed:
        made["late"] = _message(
            "Xin lỗi: hồ sơ {{ case.code }} trễ hẹn", "We are sorry: dossier {{ case.code }} is late",
            "Hồ sơ {{ case.code }} chưa có kết quả đúng hẹn; phiếu xin lỗi có tại {{ case.link }}", "The dossier {{ case.code }} is late; the letter is at {{ case.link }}",
        )  # fmt: skip
    return made


def _message(vi: str, en: str, text_vi: str, text_en: str) -> dict[str, Any]:
    return {"subject": label(vi, en), "text": label(text_vi, text_en)}
