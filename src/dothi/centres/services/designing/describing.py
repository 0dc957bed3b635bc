"""An official description as a draft: what the text gives, each with its sentence, and what is left to an officer. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from dothi.centres.services.designing import skeleton
from dothi.centres.services.official.reading import Fee, Official, Way
from dothi.core.errors import Text, both
from dothi.core.text import fold
from dothi.kernel.cases.engine.bpmn.drafting import slug

LABEL: Final = 300
SENTENCE: Final = 1200
CONDITIONS: Final = 600
_PLACES: Final = (
    ("ready", ("tra ket qua", "nhan ket qua", "giao ket qua", "gui ket qua")),
    ("submitted", ("nop ho so", "tiep nhan", "gui ho so", "nop don", "lap ho so", "chuan bi ho so", "khai bao", "lam don")),
    ("signing", ("phe duyet", "lanh dao ky", "ky duyet", "ky ban hanh", "ky quyet dinh", "ky giay", "ky cap", "ky ten", "trinh ", "quyet dinh", "ban hanh")),
    ("in-review", ("tham dinh", "xem xet", "kiem tra", "xac minh", "giai quyet", "thu ly", "tham tra", "doi chieu", "xac nhan", "xet ", "tong hop", "cap ", "thong bao")),
)  # fmt: skip
_SIGNED: Final = (
    "trinh ",
    "phe duyet",
    "lanh dao ky",
    "ky duyet",
    "ky ban hanh",
    "ky quyet dinh",
    "ky giay",
    "ky cap",
    "ky ten",
    "quyet dinh",
)
_SOMETIMES: Final = ("neu co", "truong hop", "doi voi", "(neu")


@dataclass(slots=True)
class Draft:
    """What an official description becomes: the declaration, where each part is from, what is to be finished."""

    body: dict[str, Any]
    sources: dict[str, str] = field(default_factory=dict)
    doubts: list[dict[str, Any]] = field(default_factory=list)

    def doubt(self, where: str, said: str, ask: Text) -> None:
        """Leave something to an officer."""
        self.doubts.append({"where": where, "said": said[:SENTENCE], "ask": dict(ask), "settled": False})


def describe(official: Official, organisations: Mapping[str, str] | None = None) -> Draft:
    """The draft of a procedure. ``organisations``: folded name → key of those the city has."""
    way = _main(official.ways)
    paid = any(each.fees for each in official.ways)
    signed = any(word in fold(step) for step in official.steps for word in _SIGNED)
    timed = way is not None and way.period is not None
    made = Draft(
        skeleton.body(
            key=key_of(official), name=skeleton.label(_line(official.name)), sector=slug(official.sector or "khac"),
            business="business" in official.audience, timed=timed, paid=paid, signed=signed,
        )
    )  # fmt: skip
    _head(made, official, organisations or {})
    _time(made, official.ways, way)
    _fees(made, official.ways)
    _papers(made, official)
    _steps(made, official, signed=signed)
    _conditions(made, official)
    for each in official.doubts:
        if not each.where.startswith(("papers[", "levels", "steps")) and ".fees" not in each.where:
            made.doubt(_where(each.where), each.said, each.ask)
    return made


def key_of(official: Official) -> str:
    """The key that a description always gets: the beginning of its name and its national code."""
    code = re.sub(r"[^a-z0-9]+", "-", official.code.lower()).strip("-")
    return f"{slug(official.name)[:40].strip('-')}-{code}"[:100]


def _line(text: str, most: int = LABEL) -> str:
    """A text on one line, cut at a word where it is too long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1].rsplit(" ", 1)[0] + "…"


def _where(where: str) -> str:
    return "clocks" if where.endswith(".period") else "channels" if where.startswith("ways") else "documents" if where.startswith("papers") else where  # fmt: skip


def _main(ways: Iterable[Way]) -> Way | None:
    """The way whose time stands for the procedure: over the counter, else the first with a time."""
    timed = [way for way in ways if way.period is not None]
    return next((way for way in timed if way.channel == "counter"), timed[0] if timed else None)


def _head(made: Draft, official: Official, organisations: Mapping[str, str]) -> None:
    body = made.body
    body["code"] = official.code
    made.sources |= {"code": official.code, "label": official.name, "sector": official.sector}
    body["audience"] = list(official.audience)
    body["channels"] = list(dict.fromkeys(way.channel for way in official.ways)) or ["counter"]
    level = next((each for each in ("ward", "city", "country") if each in official.levels), "country")
    body["agency"] = {"level": level}
    said = " · ".join(part for part in (official.agency, official.authority) if part)
    folded = fold(said)
    own = next((key for name, key in organisations.items() if name and name in folded), None)
    if own is not None:
        body["agency"]["organisation"] = own
    if said:
        made.sources["agency"] = said[:SENTENCE]
    if own is None and (level != "ward" or not said):
        made.doubt("agency", said, both("Chọn cơ quan giải quyết của Thành phố.", "Choose the agency of the city that handles it."))  # fmt: skip
    if len(official.levels) > 1:
        made.doubt("agency.level", ", ".join(official.levels), both("Nhiều cấp cùng thực hiện: chọn cấp.", "Several levels handle it: choose one."))  # fmt: skip
    if official.bases:
        numbers = "; ".join(dict.fromkeys(each.number or each.title for each in official.bases[:8]))
        body["basis"] = skeleton.label(_line(numbers, 600))
        made.sources["basis"] = "\n".join(f"{each.number} {each.title}".strip() for each in official.bases)[:SENTENCE]  # fmt: skip
    if official.result:
        body["results"] = [{"key": "result", "label": skeleton.label(_line(official.result))}]
        made.sources["results[0]"] = official.result[:SENTENCE]
    made.doubt("label.en", official.name, both("Mô tả chỉ có tiếng Việt: viết tên và nhãn tiếng Anh.", "The description is in Vietnamese only: write the name and labels in English."))  # fmt: skip


def _time(made: Draft, ways: Iterable[Way], main: Way | None) -> None:
    if main is None or main.period is None:
        made.doubt("clocks", " · ".join(way.said_time for way in ways if way.said_time), both("Chưa có thời hạn giải quyết: thêm thời hạn.", "There is no time it takes: add a clock."))  # fmt: skip
        return
    allowance = main.period.as_allowance()
    clock = skeleton.statutory(allowance)
    other = {way.channel: way.period.as_allowance() for way in ways if way.period and way.period.as_allowance() != allowance}  # fmt: skip
    if other:
        tests = [f'if case.channel = "{channel}" then "{each}"' for channel, each in other.items()]
        clock["varies"] = " else ".join(tests) + " else null"
    made.body["clocks"] = {"statutory": clock, **made.body["clocks"]}
    said = [f"{way.channel}: {way.said_time}" for way in ways]
    made.sources["clocks.statutory"] = "\n".join(dict.fromkeys(said))[:SENTENCE]


def _fees(made: Draft, ways: Iterable[Way]) -> None:
    said = "\n".join(dict.fromkeys(way.said_fees for way in ways if way.said_fees))
    prices: dict[tuple[Literal["fee", "charge"], str], dict[str, int]] = {}
    for way in ways:
        for fee in way.fees:
            prices.setdefault((fee.kind, fee.note), {})["online" if way.channel == "web" else "counter"] = (
                fee.vnd
            )
    if said:
        made.sources["fees"] = said[:SENTENCE]
    if not prices:
        return
    items = [_item(number, Fee(kind, 0, note), vnd) for number, ((kind, note), vnd) in enumerate(prices.items(), 1)]  # fmt: skip
    made.body["fees"] = {
        "key": made.body["key"][:60].strip("-"),
        "label": skeleton.label("Phí, lệ phí", "Fees and charges"),
        "items": items,
    }
    made.body["pay_at"] = "submit"
    if len(items) > 1:
        made.doubt("fees", said, both("Nhiều mức phí: ghi mức nào thu khi nào, nếu không sẽ cộng cả.", "There are several fees: say when each applies, or they are added up."))  # fmt: skip


def _item(number: int, fee: Fee, vnd: Mapping[str, int]) -> dict[str, Any]:
    words = ("Phí", "Fee") if fee.kind == "fee" else ("Lệ phí", "Charge")
    note = f": {_line(fee.note, 200)}" if fee.note else ""
    one = set(vnd.values())
    price: Any = one.pop() if len(one) == 1 else {"online": vnd["online"], "counter": vnd["counter"]}
    return {"key": f"item-{number}", "kind": fee.kind, "label": {"vi": words[0] + note, "en": words[1] + note}, "vnd": price}  # fmt: skip


def _papers(made: Draft, official: Official) -> None:
    keys: set[str] = set()
    for paper in official.papers:
        key = base = slug(paper.name)[:40].strip("-")
        count = 1
        while key in keys:
            count += 1
            key = f"{base}-{count}"
        keys.add(key)
        index = len(made.body["documents"])
        sometimes = any(word in fold(paper.name) for word in _SOMETIMES)
        made.body["documents"].append(
            {
                "key": key, "label": skeleton.label(_line(paper.name)), "accept": ["pdf", "jpg", "png"],
                **({"required": False} if sometimes else {}),
                **({"form_of": "original"} if paper.originals else {"form_of": "copy"} if paper.copies else {}),
                **({"copies": paper.originals + paper.copies} if paper.originals + paper.copies else {}),
            }
        )  # fmt: skip
        where = f"documents[{index}]"
        made.sources[where] = paper.name[:SENTENCE]
        if sometimes:
            made.doubt(f"{where}.when", paper.name, both("Chỉ cần trong một số trường hợp: ghi điều kiện.", "Needed in some cases only: write the condition."))  # fmt: skip
        if not paper.originals and not paper.copies:
            made.doubt(f"{where}.form_of", paper.name, both("Chưa rõ bản chính hay bản sao.", "It is not clear whether an original or a copy is needed."))  # fmt: skip
        if any(letter.isdigit() for letter in paper.form):
            made.doubt("forms.application", paper.name, both(f"Thêm các mục của mẫu {paper.form} vào biểu mẫu.", f"Put the questions of form {paper.form} into the form."))  # fmt: skip
    if not official.papers:
        made.doubt("documents", "", both("Mô tả không nêu giấy tờ cần nộp.", "The description names no documents."))  # fmt: skip


def _steps(made: Draft, official: Official, *, signed: bool) -> None:
    """Each step of the text is laid beside the state in which it would happen; what fits none is asked."""
    found: dict[str, list[str]] = {}
    for step in official.steps:
        plain = f" {fold(step)} "
        state = next((name for name, words in _PLACES if any(word in plain for word in words)), None)
        state = "in-review" if state == "signing" and not signed else state
        if state is None:
            made.doubt("states", step, both("Bước này chưa rõ thuộc trạng thái nào.", "It is not clear in which state this step happens."))  # fmt: skip
        else:
            found.setdefault(state, []).append(step)
    for state, said in found.items():
        made.sources[f"states.{state}"] = "\n".join(said)[:SENTENCE]
    if not official.steps:
        made.doubt("states", "", both("Mô tả không nêu các bước.", "The description names no steps."))
    if official.partners:
        made.doubt("states.in-review", official.partners, both("Có cơ quan phối hợp: thêm bước hỏi ý kiến nếu cần.", "Other agencies take part: add a step that asks them where needed."))  # fmt: skip


def _conditions(made: Draft, official: Official) -> None:
    text = official.conditions
    if not text:
        return
    made.sources["start.eligibility"] = text[:SENTENCE]
    if len(text) <= CONDITIONS:
        asked = " ".join(text.split())
        made.body["start"]["eligibility"] = [
            {
                "key": "meets_conditions",
                "ask": {"vi": f"Bạn đáp ứng điều kiện sau? {asked}", "en": f"Do you meet these conditions? {asked}"},
                "when": "meets_conditions = true",
                "refuse": skeleton.label("Thủ tục này chỉ dành cho người đáp ứng các điều kiện trên.", "This procedure is only for those who meet the conditions."),
            }
        ]  # fmt: skip
    made.doubt("start.eligibility", text, both("Đặt câu hỏi về yêu cầu, điều kiện trước khi nộp.", "Put the conditions into questions before the form."))  # fmt: skip
