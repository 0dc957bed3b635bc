"""Declare once: answers and documents taken from registers, for the person themself, with their consent, and shown as such.

Only for an account whose owner was verified to be a person of the register (:class:`KnownPerson`): a number that
somebody types opens nobody's data. Each reading stands in the register's log under the person's own name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.db import transaction

from dothi.centres.services import procedures, rules
from dothi.centres.services.access import INTAKE
from dothi.centres.services.models import Consent, Draft, KnownPerson
from dothi.core.clock import iso, now
from dothi.core.errors import Forbidden, NotFound, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import CompiledField
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.identity.access import Actor, Grant
from dothi.kernel.packs import queries as packs
from dothi.kernel.registers import queries as registers
from dothi.kernel.registers.seen import Seen

OWN: Final = "own-case"
PERSON: Final = "person"
PERSONAL_ID: Final = "personal-id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would be read: a register, for a purpose, and which answers and documents it gives."""

    register: str
    label: dict[str, str]
    purpose: str
    fields: tuple[str, ...]
    documents: tuple[str, ...]


def wanted(draft: Draft) -> list[Wanted]:
    """What the procedure could take from registers, one entry a register and purpose: what consent is asked for."""
    compiled = procedures.of(draft)
    fields: dict[tuple[str, str], list[str]] = {}
    papers: dict[tuple[str, str], list[str]] = {}
    for each in _prefilled(compiled):
        prefill = each.declared.prefill
        assert prefill is not None
        fields.setdefault((prefill.register, prefill.purpose or OWN), []).append(each.key)
    for document in compiled.procedure.documents:
        if document.once_only is not None:
            pair = document.once_only.register, document.once_only.purpose or OWN
            papers.setdefault(pair, []).append(document.key)
    types = packs.record_types()
    return [
        Wanted(
            register, both(types[register].label.vi, types[register].label.en), purpose,
            tuple(fields.get((register, purpose), ())), tuple(papers.get((register, purpose), ())),
        )
        for register, purpose in dict.fromkeys([*fields, *papers])
        if register in types
    ]  # fmt: skip


def _prefilled(compiled: Compiled) -> Iterator[CompiledField]:
    form = rules.form_of(compiled)
    for each in form.fields() if form else ():
        if each.declared.prefill is not None:
            yield each


def known(by: Actor) -> KnownPerson | None:
    """The person an account is known to be."""
    return KnownPerson.objects.filter(account=by.account).first() if by.account else None


@transaction.atomic
def consent(draft: Draft, registers_agreed: Mapping[str, str], *, by: Actor) -> None:
    """Keep that the person lets these registers be read for this dossier (register → purpose), and read them."""
    person = known(by)
    if person is None:
        raise Forbidden(
            both(
                "Tài khoản chưa được xác minh danh tính; hãy tự điền hoặc xác minh tại bộ phận một cửa.",
                "The account is not verified yet: fill it in yourself, or have it verified at the one-stop desk.",
            )
        )
    held = Draft.objects.select_for_update().get(pk=draft.pk)
    for each in wanted(held):
        if registers_agreed.get(each.register) == each.purpose:
            Consent.objects.get_or_create(
                draft=held, register=each.register, purpose=each.purpose, defaults={"person": f"account:{person.account}"}
            )  # fmt: skip
    fill(held, by=by, person=person)


@transaction.atomic
def consent_at_counter(draft: Draft, registers_agreed: Mapping[str, str], *, by: Actor) -> None:
    """As :func:`consent`, said aloud at the counter by somebody whose identity document the clerk has seen.

    The readings stand in the register's log under the clerk's name, with the draft they were for.
    """
    by.require(INTAKE, unit=draft.unit or None)
    held = Draft.objects.select_for_update().get(pk=draft.pk)
    if not held.identity_checks.exists():
        raise Forbidden(both("Chưa kiểm tra giấy tờ tuỳ thân.", "No identity document was checked yet."))
    for each in wanted(held):
        if registers_agreed.get(each.register) == each.purpose:
            Consent.objects.get_or_create(
                draft=held, register=each.register, purpose=each.purpose, defaults={"person": held.reference}
            )  # fmt: skip
    person = KnownPerson(account=by.account or "", personal_id=str(held.on_behalf.get("number", "")))
    fill(held, by=by, person=person)


@transaction.atomic
def fill(held: Draft, *, by: Actor, person: KnownPerson) -> None:
    """Take what may be taken into the draft. What somebody typed stays; what cannot be found is left to be typed."""
    compiled = procedures.of(held)
    agreed = {(each.register, each.purpose) for each in held.consents.filter(withdrawn_at=None)}
    reading = _Reading(held, by, person, agreed)
    data, sources = dict(held.data), dict(held.sources)
    for each in _prefilled(compiled):
        if data.get(each.key) in (None, "", [], {}) and (found := reading.value(each)) is not None:
            data[each.key], sources[each.key] = found
    documents = dict(held.documents)
    for document in compiled.procedure.documents:
        if document.once_only is None or document.key in documents:
            continue
        if (meta := reading.document(document)) is not None:
            documents[document.key] = [msgspec.to_builtins(meta)]
    held.data, held.sources, held.documents, held.changed_at = data, sources, documents, now()
    held.save(update_fields=["data", "sources", "documents", "changed_at"])


class _Reading:
    """Reads registers for one person and one draft; what was read once is not read again."""

    def __init__(self, held: Draft, by: Actor, person: KnownPerson, agreed: set[tuple[str, str]]) -> None:
        self._draft, self._person, self._agreed = held, person, agreed
        # The person reads their own record: nothing more than the two registers' properties, for the purposes agreed to.
        grants = tuple(
            Grant(f"registers.{verb}.{register}") for register, _ in agreed for verb in ("read", "personal")
        )
        self._by = Actor("account", person.account, by.label, grants, account=person.account)
        self._seen: dict[tuple[str, str, str], Seen | None] = {}

    def record(self, register: str, scheme: str, value: str, purpose: str) -> Seen | None:
        if (register, purpose) not in self._agreed or not value:
            return None
        key = (register, scheme, value)
        if key not in self._seen:
            try:
                self._seen[key] = registers.by_identifier(
                    register, scheme, value, by=self._by, purpose=purpose, case=self._draft.reference
                )
            except (NotFound, Forbidden):
                self._seen[key] = None
        return self._seen[key]

    def value(self, field: CompiledField) -> tuple[Any, dict[str, Any]] | None:
        declared = field.declared.prefill
        assert declared is not None
        given = self._draft.data.get(declared.of) if declared.of else self._person.personal_id
        found = self.record(
            declared.register, declared.by or PERSONAL_ID, str(given or ""), declared.purpose or OWN
        )
        if found is None or declared.property in found.masked or not self.own(found):
            return None
        value = found.data.get(declared.property)
        if value is None:
            return None
        return value, {
            "register": declared.register,
            "record": str(found.id),
            "at": iso(now()),
            "value": str(value),
        }

    def own(self, found: Seen) -> bool:
        """Whether a record is the person's own: their number stands in it. Nobody reads a neighbour's parcel."""
        return any(str(value) == self._person.personal_id for value in _leaves(found.data))

    def document(self, declared: Any) -> DocumentMeta | None:
        once = declared.once_only
        given = self._person.personal_id
        if once.of:
            given = self._draft.data.get(once.of.removeprefix("data."), "")
        found = self.record(once.register, once.by or PERSONAL_ID, str(given or ""), once.purpose or OWN)
        if found is None or not self.own(found):
            return None
        return DocumentMeta(
            id=uuid7_str(), name=f"{once.register}:{found.id}", media_type="application/json", once_only=True
        )


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    else:
        yield value
