"""Procedures as data: drafts, publication, versions. A published version never changes."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max

from dothi.core.clock import now_us
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.cases import definitions
from dothi.kernel.cases.access import CONFIGURE
from dothi.kernel.cases.models import Procedure as Stored
from dothi.kernel.cases.reading import reading
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.procedures import Procedure


def published(key: str) -> Procedure:
    """The version that new cases follow; raises :class:`NotFound`."""
    with reading() as (session, _):
        found = session.query(
            "SELECT content FROM cases_procedure WHERE key = ? AND state = 'published'"
            " ORDER BY version DESC LIMIT 1",
            (key[:100],),
        )
    if found:
        return definitions.read(bytes(found[0][0]))
    declared = _unstored().get(key)
    if declared is None:
        raise NotFound(both(f"Không có thủ tục “{key}”.", f"There is no procedure '{key}'."))
    return declared


_stored: list[tuple[str, dict[str, Procedure]]] = []


def all_published() -> list[Procedure]:
    """The published version of every procedure, by key; read again only when something was published."""
    stands = published_state()
    if not _stored or _stored[0][0] != stands:
        with reading() as (session, _):
            rows = session.query(
                "SELECT content FROM cases_procedure WHERE state = 'published' ORDER BY key, version"
            )
        read = (definitions.read(bytes(content)) for (content,) in rows)
        _stored[:] = [(stands, {each.key: each for each in read})]
    return [each for _, each in sorted({**_unstored(), **_stored[0][1]}.items())]


def of_case(key: str, version: int) -> Procedure | None:
    """The version that a case follows, for showing it; None when nobody knows it any more."""
    declared = packs.procedures().get(key)
    if declared is not None and declared.version == version:
        return declared
    with reading() as (session, _):
        try:
            return definitions.of(session, key, version).procedure
        except NotFound:
            return None


def published_state() -> str:
    """A short text that is another one whenever what is published changed; one small question."""
    with reading() as (session, _):
        ((count, changed, versions),) = session.query(
            "SELECT count(*), max(changed_us), sum(version) FROM cases_procedure WHERE state = 'published'"
        )
    return f"{count}.{changed}.{versions}"


def _unstored() -> dict[str, Procedure]:
    """Procedures that no case has used yet, as packs declare them or tests gave them."""
    return {**packs.procedures(), **definitions.given()}


def summary(procedure: Procedure) -> dict[str, Any]:
    """What a catalogue shows of it."""
    return {
        "key": procedure.key,
        "version": procedure.version,
        "kind": procedure.kind,
        "label": {"vi": procedure.label.vi, "en": procedure.label.en},
        "sector": procedure.sector,
        "channels": list(procedure.channels),
        "audience": list(procedure.audience),
    }


def draft(key: str) -> Procedure | None:
    """The draft of a procedure, where there is one."""
    row = Stored.objects.filter(key=key, state=Stored.DRAFT).first()
    return definitions.read(bytes(row.content)) if row else None


def versions(key: str) -> list[Stored]:
    """All versions, the newest first."""
    return list(Stored.objects.filter(key=key).order_by("-version"))


@action(permission=CONFIGURE)
def save_draft(procedure: Procedure, *, by: Actor) -> Stored:
    """Keep a draft; its version is the next one. Compiled first, so that what cannot run is not kept as one that can."""
    highest = (
        Stored.objects.filter(key=procedure.key)
        .exclude(state=Stored.DRAFT)
        .aggregate(at=Max("version"))["at"]
    )
    ready = msgspec.structs.replace(procedure, version=(highest or 0) + 1)
    content = definitions.content(ready)
    row, _ = Stored.objects.update_or_create(
        key=ready.key,
        state=Stored.DRAFT,
        defaults={
            "version": ready.version,
            "content": content,
            "digest": definitions.digest(content),
            "pack": "",
            "changed_us": now_us(),
            "changed_by": by.reference,
        },
    )
    return row


@action(permission=CONFIGURE)
def publish(procedure: Procedure, *, by: Actor, pack: str = "") -> Stored:
    """Let new cases follow this version. The same again changes nothing; another content of it is refused."""
    _compiles(procedure)
    content = definitions.content(procedure)
    digest = definitions.digest(content)
    there = (
        Stored.objects.filter(key=procedure.key, version=procedure.version)
        .exclude(state=Stored.DRAFT)
        .first()
    )
    if there is not None:
        if there.digest != digest:
            raise Conflict(
                both(
                    f"Bản {procedure.version} của {procedure.key} đã công bố với nội dung khác; hãy tăng số bản.",
                    f"Version {procedure.version} of {procedure.key} is published with another content; raise its number.",
                ),
                where="version",
            )
        return there
    Stored.objects.filter(key=procedure.key, state=Stored.DRAFT, version=procedure.version).delete()
    Stored.objects.filter(key=procedure.key, state=Stored.PUBLISHED, version__lt=procedure.version).update(
        state=Stored.SUPERSEDED
    )
    row = Stored.objects.create(
        key=procedure.key,
        version=procedure.version,
        state=Stored.PUBLISHED,
        content=content,
        digest=digest,
        pack=pack,
        changed_us=now_us(),
        changed_by=by.reference,
    )
    note(procedure=procedure.key, version=procedure.version, digest=digest)
    record(
        "vn.dothi.cases.procedure-published",
        subject=row.reference,
        data={"key": procedure.key, "version": procedure.version},
        actor=by.reference,
    )
    definitions.look_again()  # within this transaction
    transaction.on_commit(definitions.look_again)
    return row


def _compiles(procedure: Procedure) -> None:
    try:
        definitions.compiled_of(procedure)
    except ValueError as error:
        raise BadInput(
            both(f"Thủ tục chưa chạy được: {error}", f"The procedure cannot run: {error}")
        ) from error


def sync() -> list[str]:
    """Publish what the packs declare and the table does not have yet; what was published, by key and version."""
    done = []
    for key, declared in packs.procedures().items():
        if (
            not Stored.objects.filter(key=key, version__gte=declared.version)
            .exclude(state=Stored.DRAFT)
            .exists()
        ):
            publish(declared, by=SYSTEM, pack=definitions.pack_of(key))
            done.append(f"{key}@{declared.version}")
    return done
