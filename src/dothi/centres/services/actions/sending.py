"""A draft becomes a case: once, whole, with its documents; what follows (payment, receipt) follows from the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from dothi.centres.services import procedures, rules
from dothi.centres.services.models import Draft
from dothi.core.clock import now, now_us
from dothi.core.config import current
from dothi.core.errors import BadInput, Text, both
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import validate_form
from dothi.kernel.cases.engine.types import DocumentMeta, Refused
from dothi.kernel.cases.models import Document, DocumentVersion
from dothi.kernel.directory import queries as directory
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import Actor
from dothi.kernel.messages.rules import Recipient


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a draft: its case, and (once) the secret by which somebody without an account follows it."""

    case: str
    code: str
    secret: str | None = None


def send(draft: Draft, *, by: Actor, unit: str = "") -> Sent:
    """Submit the dossier. Sent again, it answers the same; two at once make one case.

    Raises :class:`Refused` with what is wrong by field or document; nothing is half-sent.
    """
    with transaction.atomic():
        held = Draft.objects.select_for_update().get(pk=draft.pk)
        if held.state == Draft.SENT:
            return Sent(held.case, held.code)
        if held.state == Draft.LEFT:
            raise rules.no_draft()
        return _send(held, by, unit)


def _send(held: Draft, by: Actor, unit: str) -> Sent:
    compiled = procedures.of(held)
    form = rules.form_of(compiled)
    data, errors = validate_form(form, held.data) if form else ({}, {})
    if errors:
        raise Refused(
            "form-invalid", both("Hồ sơ chưa đủ hoặc chưa đúng.", "The dossier is not complete."), errors
        )
    asked = rules.papers(compiled, {"data": data, "facts": {}, **data}, held.documents)
    if lacking := rules.missing(asked):
        raise Refused("documents-missing", both("Còn thiếu giấy tờ.", "Documents are missing."), lacking)
    where = _unit(compiled, held, data, unit)
    account = f"account:{held.account}" if held.account else None
    made = cases.open_case(
        held.procedure, data=data, by=by, applicant=account, unit=where,
        organisation=compiled.procedure.agency.organisation, channel=held.channel, position=_point(compiled, data),
        title=_title(compiled, held), documents=_documents(held), answers=held.answers, key=f"draft:{held.pk}",
        secret=account is None,
    )  # fmt: skip
    _keep(made.num, held, by)
    contacts.put(made.id, _recipient(held), account=held.account, secret=made.secret)
    held.state, held.case, held.code, held.changed_at = Draft.SENT, made.id, made.code, now()
    # The case holds it from here on: nothing personal stays twice.
    held.data, held.documents, held.contact, held.on_behalf = {}, {}, {}, {}
    held.save(
        update_fields=["state", "case", "code", "changed_at", "data", "documents", "contact", "on_behalf"]
    )
    return Sent(made.id, made.code, made.secret)


def _keep(num: int, held: Draft, by: Actor) -> None:
    """The files of the draft are the case's from here on."""
    for key, metas in _documents(held).items():
        for meta in metas:
            if meta.once_only:
                continue
            document = Document.objects.create(id=UUID(meta.id), num=num, key=key, label=meta.name[:200])
            DocumentVersion.objects.create(
                document=document, version=1, digest=meta.sha256, name=meta.name[:200], media_type=meta.media_type,
                size=meta.size, state=meta.state, at_us=now_us(), actor=by.reference[:80],
            )  # fmt: skip


def _documents(held: Draft) -> dict[str, tuple[DocumentMeta, ...]]:
    return {
        key: tuple(msgspec.convert(each, DocumentMeta) for each in rows)
        for key, rows in held.documents.items()
    }


def _recipient(held: Draft) -> Recipient:
    given = held.contact
    return Recipient(
        name=given.get("name", ""),
        language=held.language,
        email=given.get("email", ""),
        phone=given.get("phone", ""),
    )


def _title(compiled: Compiled, held: Draft) -> str:
    label = compiled.procedure.label.text("vi")
    return f"{label} · {held.on_behalf['name']}" if held.on_behalf.get("name") else label


def _places(compiled: Compiled, data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    form = rules.form_of(compiled)
    found = [data.get(each.key) for each in (form.fields() if form else ()) if each.declared.type == "place"]
    return [each for each in found if isinstance(each, Mapping)]


def _point(compiled: Compiled, data: Mapping[str, Any]) -> tuple[float, float] | None:
    return next(((each["lon"], each["lat"]) for each in _places(compiled, data)), None)


def _unit(compiled: Compiled, held: Draft, data: Mapping[str, Any], chosen: str) -> str:
    """The unit that handles it: the city, or the ward chosen, else of the place named, else of the unit answered."""
    if compiled.procedure.agency.level != "ward":
        return current().city
    form = rules.form_of(compiled)
    answered = [
        data.get(each.key) for each in (form.fields() if form else ()) if each.declared.type == "unit"
    ]
    named = [each.get("unit") for each in _places(compiled, data)]
    for code in (chosen, held.unit, *named, _around(compiled, data), *answered):
        if (
            code
            and (found := directory.unit(str(code))) is not None
            and directory.covers(current().city, found.code)
        ):
            return found.code
    raise Refused("form-invalid", *_choose_ward())


def _around(compiled: Compiled, data: Mapping[str, Any]) -> str | None:
    point = _point(compiled, data)
    found = directory.unit_at(*point) if point else None
    return found.code if found else None


def _choose_ward() -> tuple[Text, dict[str, Text]]:
    ask = both("Hãy chọn phường, xã giải quyết hồ sơ.", "Choose the ward that handles the dossier.")
    return ask, {"unit": ask}


def require_unit(code: str) -> str:
    """A unit of this city; raises :class:`BadInput`."""
    found = directory.unit(code)
    if found is None or not directory.covers(current().city, found.code):
        raise BadInput(both("Không có đơn vị này.", "There is no such unit."), where="unit")
    return found.code
