"""A draft from its beginning to its publication. Every save is a revision; what was changed meanwhile is never overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.db import IntegrityError, transaction

from dothi.centres.services import catalogue
from dothi.centres.services.access import DESIGN, PUBLISH
from dothi.centres.services.designing import access, bodies, checking, queries, skeleton
from dothi.centres.services.designing.describing import Draft, describe
from dothi.centres.services.designing.models import Design, DesignRevision
from dothi.centres.services.official.reading import read
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, Forbidden, both
from dothi.kernel.cases import procedures as cases
from dothi.kernel.cases.access import CONFIGURE
from dothi.kernel.cases.engine.bpmn import import_bpmn
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.identity.actions import action, note

MOST: Final = 400_000


def _begun(draft: Draft, *, origin: str, by: Actor, base: int | None = None, what: str = "") -> Design:
    agency, organisation = bodies.agency_of(draft.body)
    access.require(by, DESIGN, organisation)
    key = str(draft.body["key"])
    if Design.objects.filter(key=key, state__in=Design.OPEN).exists():
        raise _being_drafted(key)
    design = Design(
        key=key, agency=agency, organisation=organisation, origin=origin, base=base,
        sources=draft.sources, doubts=draft.doubts, created_by=access.person(by),
    )  # fmt: skip
    try:
        with transaction.atomic():
            _write(design, draft.body, by=by, what=what)
    except IntegrityError as error:
        raise _being_drafted(key) from error
    _tell("begun", design, by)
    return design


def _being_drafted(key: str) -> Conflict:
    return Conflict(
        both(f"Thủ tục “{key}” đã có bản nháp đang soạn.", f"There is a draft of '{key}' already."),
        where="key",
    )


def _write(design: Design, body: dict[str, Any], *, by: Actor, what: str) -> None:
    """The body as a further revision, with what lists show of it."""
    content = json.dumps(body, ensure_ascii=False)
    if len(content) > MOST:
        raise BadInput(both("Thủ tục quá dài.", "The procedure is too long."))
    design.content, design.name, design.words = content, bodies.name_of(body), bodies.words_of(body)
    design.agency, design.organisation = bodies.agency_of(body)
    design.problems = len(checking.examine(body).problems)
    design.changed_by, design.changed_at = access.person(by), now()
    design.save()
    DesignRevision.objects.create(
        design=design, rev=design.rev, content=content, what=what[:300], by=design.changed_by, at=design.changed_at
    )  # fmt: skip


def _tell(what: str, design: Design, by: Actor) -> None:
    data = {"key": design.key, "rev": design.rev} | ({"version": design.version} if design.version else {})
    note(**data)
    record(f"vn.dothi.services.procedure-{what}", subject=design.reference, data=data, actor=by.reference)


@action(permission=None)
def begin_official(given: Any, *, by: Actor, file: str = "") -> Design:
    """A draft from an official description (decoded JSON); raises :class:`BadInput` when it is none."""
    made = describe(read(given), queries.organisations())
    return _begun(made, origin="official", by=by, base=_based(made.body), what=file)


@action(permission=None)
def begin_bpmn(xml: str, *, by: Actor, file: str = "") -> Design:
    """A draft from a BPMN 2.0 file; what was not understood is left to the officer."""
    found = import_bpmn(xml)
    made = Draft(bodies.body_of(found.procedure))
    for each in found.not_understood:
        said = " · ".join(str(value) for value in each.values())
        made.doubt("states", said, both("Không hiểu phần này của sơ đồ.", "This part of the diagram was not understood."))  # fmt: skip
    return _begun(made, origin="bpmn", by=by, base=_based(made.body), what=file)


@action(permission=None)
def begin_again(key: str, *, by: Actor) -> Design:
    """A draft of the next version of a published procedure."""
    published = cases.published(key)
    made = Draft(queries.published_body(published))
    return _begun(made, origin="procedure", by=by, base=_based(made.body))


@action(permission=None)
def begin_blank(key: str, name: Mapping[str, str], sector: str, *, by: Actor) -> Design:
    """A draft with the usual course and nothing of its own yet."""
    if not name.get("vi", "").strip():
        raise BadInput(both("Hãy nhập tên thủ tục.", "Write the name of the procedure."), where="name")
    body = skeleton.body(
        key=key, name=skeleton.label(name["vi"].strip(), name.get("en", "").strip()), sector=sector, timed=False, paid=False, signed=False
    )  # fmt: skip
    found = checking.examine(body)
    wrong = next((each for each in found.problems if each.path in ("key", "sector")), None)
    if wrong is not None:
        raise BadInput({"vi": wrong.text("vi"), "en": wrong.text("en")}, where=wrong.path)
    return _begun(Draft(body), origin="blank", by=by, base=_based(body))


def _based(body: dict[str, Any]) -> int | None:
    """The version a draft begins from; the draft is the one after it."""
    base = queries.newest_version(str(body["key"]))
    body["version"] = (base or 0) + 1
    return base


def _held(design: Design, rev: int) -> Design:
    """The draft, locked, as its reader saw it; raises :class:`Conflict` when somebody changed it since."""
    held = Design.objects.select_for_update().get(pk=design.pk)
    if held.rev != rev:
        raise Conflict(
            both(
                "Bản nháp vừa được người khác sửa. Thay đổi của bạn chưa được lưu: hãy tải lại trang rồi sửa lại.",
                "Somebody has changed the draft meanwhile. Your change was not saved: load the page again, then change it.",
            ),
            where="rev",
        )
    if not held.open:
        raise Conflict(both("Bản nháp này đã đóng.", "This draft is closed."), where="state")
    return held


@action(permission=None)
def save(design: Design, body: dict[str, Any], *, rev: int, by: Actor, what: str = "") -> Design:
    """Keep a change as the next revision. A draft that was proposed is a draft again. Raises :class:`Conflict`."""
    held = _held(design, rev)
    access.require(by, DESIGN, held.organisation)
    access.require(by, DESIGN, bodies.agency_of(body)[1])
    if body.get("key") != held.key:
        raise BadInput(both("Không đổi được mã của thủ tục.", "The key of a procedure does not change."), where="key")  # fmt: skip
    if body == held.body:
        return held
    held.rev, held.state, held.proposed_by = held.rev + 1, Design.DRAFT, ""
    _write(held, body, by=by, what=what)
    _tell("changed", held, by)
    return held


@action(permission=None)
def settle(design: Design, index: int, *, rev: int, by: Actor, settled: bool = True) -> Design:
    """An officer has looked at a point that could not be read (or has not after all)."""
    held = _held(design, rev)
    access.require(by, DESIGN, held.organisation)
    if not 0 <= index < len(held.doubts):
        raise BadInput(both("Không có điểm này.", "There is no such point."), where="index")
    held.doubts[index]["settled"] = settled
    held.save(update_fields=["doubts"])
    note(index=index, settled=settled)
    return held


@action(permission=None)
def propose(design: Design, *, rev: int, by: Actor) -> Design:
    """Put a draft to whoever publishes; every check must be green and every point settled."""
    held = _held(design, rev)
    access.require(by, DESIGN, held.organisation)
    _ready(held)
    held.state, held.proposed_by, held.note = Design.PROPOSED, access.person(by), ""
    held.save(update_fields=["state", "proposed_by", "note"])
    _tell("proposed", held, by)
    return held


def _ready(design: Design) -> checking.Examined:
    found = checking.examine(design.body)
    if not found.green:
        raise Conflict(
            both(f"Còn {len(found.problems)} lỗi phải sửa.", f"{len(found.problems)} problems are to be mended."),
            where="problems",
        )  # fmt: skip
    if design.unsettled:
        raise Conflict(
            both(f"Còn {design.unsettled} điểm chưa xem xong.", f"{design.unsettled} points are not settled yet."),
            where="doubts",
        )  # fmt: skip
    return found


@action(permission=None)
def send_back(design: Design, *, rev: int, by: Actor, reason: str) -> Design:
    """Not published: back to its authors, with the reason."""
    held = _held(design, rev)
    access.require(by, PUBLISH, held.organisation)
    if held.state != Design.PROPOSED:
        raise Conflict(both("Bản nháp chưa được trình.", "The draft was not proposed."), where="state")
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Give the reason."), where="reason")
    held.state, held.note = Design.DRAFT, reason.strip()[:1000]
    held.save(update_fields=["state", "note"])
    _tell("sent-back", held, by)
    return held


@action(permission=None)
def publish(design: Design, *, rev: int, by: Actor) -> Design:
    """Let new cases follow it. Needs ``services.publish`` where it holds, and somebody who wrote none of it.

    Running cases keep their version.
    """
    held = _held(design, rev)
    access.require(by, PUBLISH, held.organisation)
    if access.person(by) in authors(held):
        raise Forbidden(
            both(
                "Người soạn không tự phê duyệt: cần một người khác.",
                "Whoever wrote it does not approve it: somebody else must.",
            )
        )
    if held.state != Design.PROPOSED:
        raise Conflict(both("Bản nháp chưa được trình.", "The draft was not proposed."), where="state")
    if queries.newest_version(held.key) != held.base:
        raise Conflict(
            both(
                "Thủ tục đã có bản công bố mới hơn từ khi soạn; hãy soạn lại từ bản đó.",
                "A newer version was published since the draft began: begin again from that one.",
            ),
            where="version",
        )
    procedure = _ready(held).procedure
    assert procedure is not None
    row = cases.publish(procedure, by=replace(by, grants=(*by.grants, Grant(CONFIGURE)), within=None))
    held.state, held.version = Design.PUBLISHED, row.version
    held.save(update_fields=["state", "version"])
    _tell("published", held, by)
    catalogue.look_again()
    transaction.on_commit(catalogue.look_again)
    return held


def authors(design: Design) -> set[str]:
    """Everybody who wrote of it or put it forward."""
    wrote = design.revisions.values_list("by", flat=True).distinct()
    return {*wrote, design.created_by, design.proposed_by} - {""}


@action(permission=None)
def discard(design: Design, *, rev: int, by: Actor) -> Design:
    """Give a draft up; its revisions stay."""
    held = _held(design, rev)
    access.require(by, DESIGN, held.organisation)
    held.state = Design.DISCARDED
    held.save(update_fields=["state"])
    _tell("discarded", held, by)
    return held
