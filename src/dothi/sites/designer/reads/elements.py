"""What kinds of parts a declaration has, found by their path, and the controls that each is edited with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from dothi.core.calendar.causes import shipped_causes
from dothi.core.errors import BadInput, both
from dothi.kernel.fulfilment.naming import AGENCIES
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.procedure_forms import FieldType
from dothi.sites.designer.reads.controls import Control, Words
from dothi.sites.ui.shell import language

Options = Callable[[Any], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Element:
    """A kind of part: what people call it, its controls, and what a new one begins as."""

    kind: str
    name: Words
    controls: tuple[Control, ...]


def _fixed(*pairs: tuple[str, str, str]) -> Options:
    return lambda body: [(key, vi if language() == "vi" else en) for key, vi, en in pairs]


def _keys(part: str, *more: tuple[str, str, str]) -> Options:
    def found(body: Any) -> Sequence[tuple[str, str]]:
        there = body.get(part) if isinstance(body, dict) else None
        rows = [("", "–"), *_fixed(*more)(body)]
        for key, each in there.items() if isinstance(there, dict) else ():
            label = each.get("label", {}).get(language(), key) if isinstance(each, dict) else key
            rows.append((key, f"{label} ({key})"))
        return rows

    return found


def _organisations(body: Any) -> Sequence[tuple[str, str]]:
    listed = packs.vocabulary(AGENCIES)
    return [
        ("", "–"),
        *((each.value, each.label.text(language())) for each in (listed.codes if listed else ())),
    ]


def _causes(body: Any) -> Sequence[tuple[str, str]]:
    return [(key, each.label[language()]) for key, each in shipped_causes().items()]


FIELD_TYPES: Final = {
    "text": ("Một dòng chữ", "A line of text"), "multiline": ("Nhiều dòng chữ", "Several lines"), "integer": ("Số nguyên", "A whole number"),
    "number": ("Số", "A number"), "money": ("Số tiền (đồng)", "A sum of money (đồng)"), "boolean": ("Có hoặc không", "Yes or no"),
    "date": ("Ngày", "A date"), "datetime": ("Ngày giờ", "A date and time"), "choice": ("Chọn một", "One of several"),
    "choices": ("Chọn nhiều", "Several of many"), "email": ("Thư điện tử", "E-mail"), "phone": ("Điện thoại", "Telephone"),
    "personal-id": ("Số định danh cá nhân", "Personal number"), "place": ("Địa điểm", "A place"), "unit": ("Phường, xã, đặc khu", "A ward"),
    "record": ("Bản ghi của sổ đăng ký", "A record of a register"), "group": ("Nhóm câu hỏi", "A group of questions"),
}  # fmt: skip
assert set(FIELD_TYPES) == set(get_args(FieldType))


def _w(vi: str, en: str) -> Words:
    return {"vi": vi, "en": en}


KEY: Final = Control(
    "key", "text", _w("Mã", "Key"), _w("Chữ thường không dấu.", "Small plain letters."), needed=True
)
LABEL: Final = Control("label", "label", _w("Tên", "Name"), needed=True)
GUARD: Final = _w("Biểu thức FEEL; để trống là luôn luôn.", "A FEEL expression; empty: always.")
PERIOD: Final = _w("Ví dụ: 15 working days, 10 days, 4 working hours.", "Such as 15 working days, 10 days, 4 working hours.")  # fmt: skip
SENSITIVITY: Final = _fixed(("open", "Công khai", "Open"), ("internal", "Nội bộ", "Internal"), ("personal", "Cá nhân", "Personal"), ("sensitive", "Nhạy cảm", "Sensitive"))  # fmt: skip
ROLES: Final = _w("Mã các vai trò, cách nhau bằng dấu phẩy; applicant là người nộp, system là hệ thống.", "Keys of roles, with commas between; applicant is who applies, system the platform.")  # fmt: skip

ELEMENTS: Final = {
    each.kind: each
    for each in (
        Element(
            "general", _w("Thông tin chung", "General"),
            (
                LABEL,
                Control("description", "texts", _w("Mô tả", "Description")),
                Control("code", "text", _w("Mã thủ tục quốc gia", "National code")),
                Control("sector", "text", _w("Lĩnh vực (mã)", "Sector (key)"), needed=True),
                Control("agency.level", "choice", _w("Cấp giải quyết", "Level that handles it"), options=_fixed(("ward", "Phường, xã, đặc khu", "Ward"), ("city", "Thành phố", "City"), ("country", "Trung ương", "Country")), otherwise="ward"),
                Control("agency.organisation", "choice", _w("Cơ quan", "Organisation"), options=_organisations),
                Control("audience", "names", _w("Đối tượng", "Who it is for"), _w("citizen, business, internal", "citizen, business, internal")),
                Control("channels", "names", _w("Cách nộp", "Ways to submit"), _w("web, counter, app, post", "web, counter, app, post")),
                Control("life_events", "names", _w("Sự kiện đời sống (mã)", "Life events (keys)")),
                Control("basis", "texts", _w("Căn cứ pháp lý", "Legal basis")),
                Control("start.state", "choice", _w("Trạng thái đầu", "First state"), options=_keys("states"), needed=True),
                Control("start.form", "choice", _w("Biểu mẫu nộp", "Form to submit"), options=_keys("forms")),
                Control("start.role", "names", _w("Ai nộp", "Who submits"), ROLES, otherwise="applicant"),
                Control("start.guard", "feel", _w("Điều kiện để nộp", "Condition to submit"), GUARD),
                Control("start.refuse", "label", _w("Lời từ chối khi không đủ điều kiện", "What is said when it does not hold")),
                Control("start.effects", "yaml", _w("Hệ quả khi nộp", "What follows from submitting")),
            ),
        ),
        Element(
            "question", _w("Câu hỏi điều kiện", "Question before the form"),
            (
                KEY, Control("ask", "texts", _w("Câu hỏi", "Question"), needed=True),
                Control("when", "feel", _w("Được nộp khi", "May go on when"), needed=True),
                Control("refuse", "texts", _w("Lời từ chối", "Why not"), needed=True),
            ),
        ),
        Element("form", _w("Biểu mẫu", "Form"), (LABEL,)),
        Element(
            "page", _w("Trang", "Page"),
            (KEY, LABEL, Control("when", "feel", _w("Chỉ hỏi khi", "Asked only when"), GUARD), Control("help", "label", _w("Hướng dẫn", "Help"))),
        ),
        Element(
            "field", _w("Câu hỏi", "Question"),
            (
                Control("key", "text", _w("Mã", "Key"), _w("Chữ thường, số, gạch dưới.", "Small letters, digits, underscores."), needed=True),
                LABEL,
                Control("type", "choice", _w("Loại câu trả lời", "Kind of answer"), options=_fixed(*((key, *words) for key, words in FIELD_TYPES.items())), otherwise="text"),
                Control("required", "text", _w("Bắt buộc", "Required"), _w("true, false hoặc biểu thức FEEL.", "true, false or a FEEL expression."), otherwise=False),
                Control("when", "feel", _w("Chỉ hỏi khi", "Asked only when"), GUARD),
                Control("help", "label", _w("Hướng dẫn", "Help")),
                Control("choices", "choices", _w("Các lựa chọn", "Choices"), _w("Mỗi dòng: mã | tiếng Việt | tiếng Anh", "One a line: key | Vietnamese | English")),
                Control("codes", "text", _w("Hoặc danh mục dùng chung (mã)", "Or a code list (key)")),
                Control("check", "feel", _w("Kiểm tra câu trả lời (value)", "Check of the answer (value)"), GUARD),
                Control("error", "label", _w("Lời báo lỗi", "What is said when it does not fit")),
                Control("min", "number", _w("Nhỏ nhất", "Least")), Control("max", "number", _w("Lớn nhất", "Most")),
                Control("max_length", "number", _w("Độ dài tối đa", "Longest")), Control("pattern", "text", _w("Mẫu ký tự (regex)", "Pattern (regex)")),
                Control("sensitivity", "choice", _w("Mức bảo vệ", "Protection"), options=SENSITIVITY, otherwise="personal"),
                Control("register", "text", _w("Sổ đăng ký (mã)", "Register (key)")), Control("by", "text", _w("Mã định danh của sổ", "Identifier of the register")),
                Control("prefill", "yaml", _w("Điền sẵn từ sổ đăng ký", "Filled from a register")),
                Control("repeat", "yaml", _w("Lặp lại", "Repeated"), _w("Ví dụ: {min: 1, max: 10}", "Such as {min: 1, max: 10}")),
            ),
        ),
        Element(
            "document", _w("Giấy tờ", "Document"),
            (
                KEY, LABEL, Control("required", "tick", _w("Bắt buộc", "Required"), otherwise=True),
                Control("when", "feel", _w("Chỉ cần khi", "Needed only when"), GUARD),
                Control("accept", "names", _w("Loại tệp", "Kinds of files"), _w("pdf, jpg, png, dwg …", "pdf, jpg, png, dwg …")),
                Control("max_mb", "number", _w("Dung lượng tối đa (MB)", "Largest (MB)")), Control("copies", "number", _w("Số bản", "Copies")),
                Control("form_of", "choice", _w("Hình thức", "As"), options=_fixed(("electronic", "Bản điện tử", "Electronic"), ("original", "Bản chính", "Original"), ("certified", "Bản chứng thực", "Certified copy"), ("copy", "Bản sao", "Copy")), otherwise="electronic"),
                Control("help", "label", _w("Hướng dẫn", "Help")),
                Control("for", "names", _w("Cần cho thao tác", "Needed for the actions"), _w("open là khi nộp.", "open is submitting.")),
                Control("sensitivity", "choice", _w("Mức bảo vệ", "Protection"), options=SENSITIVITY, otherwise="personal"),
                Control("once_only", "yaml", _w("Thay bằng dữ liệu sổ đăng ký", "Replaced by a register's data")),
            ),
        ),
        Element("role", _w("Vai trò", "Role"), (LABEL, Control("permission", "text", _w("Quyền cần có", "Permission it takes")))),
        Element(
            "fact", _w("Dữ kiện", "Fact"),
            (
                LABEL, Control("type", "choice", _w("Loại", "Type"), options=_fixed(*((key, *FIELD_TYPES.get(key, (key, key))) for key in ("text", "integer", "number", "money", "boolean", "date", "datetime", "list", "object"))), needed=True),
                Control("public", "tick", _w("Hiện công khai", "Shown to everybody")),
            ),
        ),
        Element(
            "state", _w("Trạng thái", "State"),
            (
                LABEL, Control("public_label", "label", _w("Tên cho người dân", "Name for the public")),
                Control("phase", "choice", _w("Giai đoạn", "Phase"), options=_fixed(("open", "Đang xử lý", "Open"), ("waiting", "Chờ người nộp", "Waiting"), ("done", "Kết thúc", "Done")), otherwise="open"),
                Control("outcome", "text", _w("Kết thúc thế nào", "How it ended"), _w("accepted, refused, withdrawn …", "accepted, refused, withdrawn …")),
                Control("on_enter", "yaml", _w("Hệ quả khi vào", "What follows on entering")), Control("timers", "yaml", _w("Hẹn giờ", "Timers")),
                Control("automatic", "yaml", _w("Tự làm ngay", "Done at once")), Control("tasks", "yaml", _w("Việc song song", "Parallel work")),
                Control("children", "yaml", _w("Chờ hồ sơ con", "Waiting for other cases")),
            ),
        ),
        Element(
            "action", _w("Thao tác", "Action"),
            (
                LABEL, Control("to", "choice", _w("Chuyển tới", "Leads to"), options=_keys("states")), Control("role", "names", _w("Ai làm", "Who does it"), ROLES, needed=True),
                Control("form", "choice", _w("Biểu mẫu", "Form"), options=_keys("forms")),
                Control("note", "choice", _w("Ghi chú", "Note"), options=_fixed(("optional", "Tuỳ ý", "Optional"), ("required", "Bắt buộc", "Required"), ("none", "Không", "None")), otherwise="optional"),
                Control("guard", "feel", _w("Chỉ được khi", "Only when"), GUARD), Control("refuse", "label", _w("Lời báo khi chưa được", "What is said when not")),
                Control("paid", "tick", _w("Phải nộp phí trước", "Fees must be paid")), Control("once", "tick", _w("Chỉ một lần", "Once only")),
                Control("public", "tick", _w("Hiện cho người nộp", "Shown to the applicant"), otherwise=True),
                Control("pauses", "names", _w("Tạm dừng thời hạn", "Pauses the clocks")), Control("pause_cause", "choice", _w("Lý do tạm dừng", "Cause of the pause"), options=_causes, otherwise="supplement"),
                Control("resumes", "names", _w("Cho thời hạn chạy tiếp", "Resumes the clocks")),
                Control("confirm", "label", _w("Hỏi lại trước khi làm", "Asked before it is done")), Control("outcome", "text", _w("Kết thúc thế nào", "How it ends")),
                Control("branches", "yaml", _w("Rẽ nhánh", "Branches")), Control("extends", "yaml", _w("Gia hạn", "Extension")), Control("effects", "yaml", _w("Hệ quả", "What follows")),
            ),
        ),
        Element(
            "clock", _w("Thời hạn", "Clock"),
            (
                LABEL, Control("allowance", "text", _w("Thời gian", "Time"), PERIOD, needed=True),
                Control("varies", "feel", _w("Thời gian khác khi", "Another time when"), _w("Biểu thức trả về khoảng thời gian hoặc null.", "An expression that gives a period or null.")),
                Control("starts_on", "names", _w("Bắt đầu khi", "Starts on"), _w("Mã trạng thái hoặc thao tác.", "Keys of states or actions."), needed=True),
                Control("stops_on", "names", _w("Dừng khi", "Stops on")), Control("warn_at", "number", _w("Nhắc ở phần", "Warns at the part"), _w("Từ 0 đến 1; mặc định 0,8.", "Between 0 and 1; 0.8 where empty.")),
                Control("public", "tick", _w("Hiện cho người nộp", "Shown to the applicant"), otherwise=True), Control("basis", "texts", _w("Căn cứ", "Basis")),
            ),
        ),
        Element(
            "fees", _w("Bảng phí", "Fee table"),
            (
                Control("pay_at", "choice", _w("Nộp lúc", "Paid at"), options=_fixed(("submit", "Khi nộp hồ sơ", "Submission"), ("accept", "Khi tiếp nhận", "Acceptance"), ("result", "Khi nhận kết quả", "Result")), otherwise="submit"),
                Control("fees.label", "label", _w("Tên bảng phí", "Name of the table")), Control("fees.basis", "text", _w("Căn cứ", "Basis")),
                Control("fees.exemptions", "yaml", _w("Miễn, giảm", "Exemptions")),
            ),
        ),
        Element(
            "fee", _w("Khoản thu", "Fee"),
            (
                KEY, LABEL, Control("kind", "choice", _w("Loại", "Kind"), options=_fixed(("charge", "Lệ phí", "Charge"), ("fee", "Phí", "Fee"), ("other", "Khác", "Other")), otherwise="charge"),
                Control("vnd", "price", _w("Mức thu trực tuyến (đồng)", "Online (đồng)"), _w("Nếu tại quầy khác, nhập ô thứ hai.", "Where the counter differs, fill the second box."), needed=True),
                Control("per", "text", _w("Nhân với câu trả lời (mã)", "Times the answer (key)")), Control("free", "number", _w("Số đầu không thu", "The first ones free")),
                Control("most", "number", _w("Mức cao nhất", "Most")), Control("when", "yaml", _w("Chỉ thu khi", "Only when")),
            ),
        ),
        Element("table", _w("Bảng quyết định", "Decision table"), (LABEL, Control("hit", "choice", _w("Cách chọn dòng", "Which rules decide"), options=_fixed(("unique", "Chỉ một dòng khớp", "Exactly one matches"), ("first", "Dòng đầu tiên khớp", "The first that matches"), ("any", "Các dòng khớp như nhau", "All that match agree"), ("priority", "Ưu tiên", "By priority"), ("collect", "Gom tất cả", "All are collected")), otherwise="unique"), Control("inputs", "yaml", _w("Cột điều kiện", "Condition columns")), Control("outputs", "yaml", _w("Cột kết quả", "Result columns")))),
        Element("letter", _w("Văn bản", "Letter"), (LABEL, Control("signed", "tick", _w("Ký số", "Signed")), Control("template", "texts", _w("Nội dung (Markdown)", "Text (Markdown)"), needed=True))),
        Element("message", _w("Tin nhắn", "Message"), (Control("subject", "texts", _w("Tiêu đề", "Subject"), needed=True), Control("text", "texts", _w("Nội dung", "Text"), needed=True))),
        Element("result", _w("Kết quả", "Result"), (KEY, LABEL, Control("letter", "choice", _w("Văn bản", "Letter"), options=_keys("letters")), Control("register", "text", _w("Sổ đăng ký (mã)", "Register (key)")))),
    )
}  # fmt: skip
_NAME: Final = r"[^.\[\]]+"
_KINDS: Final = tuple(
    (re.compile(pattern.replace("NAME", _NAME).replace("NUMBER", r"\[\d+\]")), kind)
    for pattern, kind in (
        (r"start\.eligibilityNUMBER", "question"), (r"forms\.NAME", "form"), (r"forms\.NAME\.pagesNUMBER", "page"),
        (r"forms\.NAME\.pagesNUMBER(\.fieldsNUMBER)+", "field"), (r"documentsNUMBER", "document"), (r"roles\.NAME", "role"),
        (r"facts\.NAME", "fact"), (r"states\.NAME", "state"), (r"states\.NAME\.actions\.NAME", "action"), (r"clocks\.NAME", "clock"),
        (r"fees\.itemsNUMBER", "fee"), (r"decisions\.NAME", "table"), (r"letters\.NAME", "letter"), (r"messages\.NAME", "message"),
        (r"resultsNUMBER", "result"),
    )
)  # fmt: skip


def element_at(path: str) -> Element:
    """The kind of part at a path; raises :class:`BadInput`."""
    if path == "":
        return ELEMENTS["general"]
    if path == "fees":
        return ELEMENTS["fees"]
    for pattern, kind in _KINDS:
        if pattern.fullmatch(path):
            return ELEMENTS[kind]
    raise BadInput(both(f"Không có phần “{path}”.", f"There is no part '{path}'."), where="at")


def nearest(path: str) -> str:
    """The part that can be edited around a path of a problem."""
    while path:
        try:
            element_at(path)
        except BadInput:
            path = re.sub(r"(\.[^.\[\]]+|\[\d+\]|^[^.\[\]]+)$", "", path)
        else:
            return path
    return ""


def fresh(kind: str, key: str, vi: str, en: str) -> Any:
    """What a new part begins as."""
    label = {"vi": vi or key, "en": en or vi or key}
    return {
        "question": {"key": key, "ask": label, "when": f"{key} = true", "refuse": label},
        "form": {"label": label, "pages": []},
        "page": {"key": key, "label": label, "fields": []},
        "field": {"key": key, "label": label},
        "document": {"key": key, "label": label},
        "role": {"label": label},
        "fact": {"label": label, "type": "text"},
        "state": {"label": label, "actions": {}},
        "action": {"label": label, "role": "clerk"},
        "clock": {"label": label, "allowance": "1 working day", "starts_on": []},
        "fee": {"key": key, "label": label, "vnd": 0},
        "table": {"label": label, "hit": "first", "inputs": [{"expression": "case.channel"}], "outputs": [{"name": "result"}], "rules": [{"when": ["-"], "then": ['""']}]},
        "letter": {"label": label, "template": label},
        "message": {"subject": label, "text": label},
        "result": {"key": key, "label": label},
    }[kind]  # fmt: skip
