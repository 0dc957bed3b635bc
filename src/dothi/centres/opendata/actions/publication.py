"""The way of a dataset to the public: draft, screening, approval by its owner, published; and back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dothi.centres.opendata import describing, rules, screening
from dothi.centres.opendata.catalogue import writing
from dothi.centres.opendata.catalogue.listing import Listing, decode
from dothi.centres.opendata.models import CatalogueEntry, Change, Publication, Step
from dothi.centres.opendata.rules import Accepted, Finding, Move
from dothi.core.clock import now
from dothi.core.errors import Conflict, NotFound, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.warehouse import actions as warehouse
from dothi.kernel.warehouse import queries as datasets
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

EVENT = "vn.dothi.opendata"


def _unit(publication: Publication, **_: object) -> str | None:
    return publication.unit or None


def _organisation(publication: Publication, **_: object) -> str | None:
    return publication.organisation or None


@action(permission=None, subject=lambda key, **_: f"dataset:{key}")
def prepare(key: str, *, by: Actor) -> Publication:
    """Begin the publication of a dataset of the warehouse: a draft. Doing it again gives the same one."""
    dataset = datasets.needed(key)
    by.require(rules.SUBMIT, unit=dataset.unit or None, organisation=dataset.publisher or None)
    found, _ = Publication.objects.get_or_create(
        dataset=key, defaults={"unit": dataset.unit, "organisation": dataset.publisher}
    )
    return found


@action(permission=rules.SUBMIT, unit=_unit, organisation=_organisation)
def submit(
    publication: Publication, *, by: Actor, accepted: Sequence[Accepted] = (), text: str = ""
) -> Publication:
    """Ask for publication of the version that serves now. ``accepted``: findings that may stay, each with why."""
    held = _held(publication)
    dataset, version = _version(held)
    rules.may_publish(dataset.access, None if version is None else version.rows, dataset.title_en)
    held.unit, held.organisation = dataset.unit, dataset.publisher
    held.round += 1
    held.version = version.number if version else 0
    held.accepted = msgspec.to_builtins(list(accepted))
    held.submitted_by, held.submitted_at = rules.person(by), now()
    held.approved_by, held.approved_at, held.reason = "", None, ""
    return _move(held, "submit", by, text)


def screen(publication: Publication, *, quasi: Sequence[str] = ()) -> Publication:
    """Look through the rows (outside any transaction: it may take seconds), then clear or stop."""
    _, version = _version(publication)
    if version is None:
        raise NotFound(both("Tập dữ liệu chưa có phiên bản.", "The dataset has no version."))
    found = screening.look(version, quasi)
    return screened(publication, found, by=SYSTEM)


@action(permission=rules.SUBMIT, unit=_unit)
def screened(publication: Publication, found: screening.Screening, *, by: Actor) -> Publication:
    """Write down what the screening found: on to approval, or back to the draft when something stops it."""
    held = _held(publication)
    held.findings, held.anonymity = msgspec.to_builtins(found.findings), dict(found.anonymity or {})
    held.screened_at = now()
    stopped = stops(held, found)
    note(findings=len(found.findings), stops=[f"{each.column}: {each.kind}" for each in stopped])
    return _move(held, "stop" if stopped else "clear", by, "")


def stops(publication: Publication, found: screening.Screening) -> list[Finding]:
    """What of a screening stops the publication, given what was accepted with it."""
    accepted = msgspec.convert(publication.accepted, list[Accepted])
    stopped = rules.open_findings(found.findings, accepted)
    if rules.small_groups(found.anonymity or {}, accepted):
        stopped.append(Finding("", "small-group", 1, 1))
    return stopped


@action(permission=rules.APPROVE, unit=_unit, organisation=_organisation)
def approve(publication: Publication, *, by: Actor, text: str = "") -> Publication:
    """The owner agrees. Nobody approves what they submitted."""
    held = _held(publication)
    rules.may_approve(by, held.submitted_by)
    held.approved_by, held.approved_at = rules.person(by), now()
    return _move(held, "approve", by, text)


@action(permission=rules.APPROVE, unit=_unit, organisation=_organisation)
def send_back(publication: Publication, *, reason: str, by: Actor) -> Publication:
    """The owner does not agree: back to the draft, with the reason."""
    held = _held(publication)
    held.reason, held.approved_by, held.approved_at = rules.reason(reason), "", None
    return _move(held, "return", by, held.reason)


@action(permission=rules.PUBLISH, unit=_unit, organisation=_organisation)
def publish(publication: Publication, *, by: Actor) -> Publication:
    """Show the approved version to everybody, and tell those who follow."""
    held = _held(publication)
    dataset, version = _version(held)
    if held.state == "approval" and not held.approved_at:
        raise Conflict(both("Chủ quản chưa duyệt.", "Its owner has not approved it yet."))
    if version is None or version.number != held.version:
        raise Conflict(
            both("Đã có phiên bản khác với bản được duyệt.", "Another version serves than the one approved."),
            approved=held.version,
        )
    held.published_at = held.published_at or now()
    _move(held, "publish", by, "")
    _show(held, dataset, version, Change.PUBLISHED, by)
    return held


@action(permission=rules.WITHDRAW, unit=_unit, organisation=_organisation)
def withdraw(publication: Publication, *, reason: str, by: Actor) -> Publication:
    """Take a dataset from the public; the reason stays to be read where it was."""
    return _away(_held(publication), "withdraw", rules.reason(reason), by)


@action(permission=rules.WITHDRAW, unit=_unit, organisation=_organisation)
def supersede(publication: Publication, *, successor: str, reason: str, by: Actor) -> Publication:
    """Another published dataset takes its place. The old one may still be read; it is found no longer."""
    held = _held(publication)
    shown = CatalogueEntry.objects.filter(dataset=successor, shown=True).exists()
    if not shown or successor == held.dataset:
        raise NotFound(both("Không có tập dữ liệu thay thế.", "The dataset to follow is not published."))
    held.successor = successor
    return _away(held, "supersede", rules.reason(reason), by)


@action(permission=rules.SUBMIT, unit=_unit, organisation=_organisation)
def reopen(publication: Publication, *, by: Actor, text: str = "") -> Publication:
    """Begin again with a dataset that was withdrawn or superseded."""
    held = _held(publication)
    held.successor, held.reason = "", ""
    return _move(held, "reopen", by, text)


@action(permission=rules.PUBLISH, unit=_unit)
def show_again(publication: Publication, version: DatasetVersion, *, by: Actor, kind: str) -> Publication:
    """Tell the public of a newer version, or of a changed description, of a dataset that is published."""
    held = _held(publication)
    if held.state == "published":
        held.version, held.updated_at = version.number, now()
        held.save(update_fields=["version", "updated_at"])
        _show(held, version.dataset, version, kind, by)
    return held


@action(permission=rules.WITHDRAW, unit=_unit)
def hold(
    publication: Publication, version: DatasetVersion, found: screening.Screening, *, by: Actor
) -> Publication:
    """A newer version has personal data that nobody accepted: it does not serve, the one before does."""
    held = _held(publication)
    kinds = sorted({each.kind for each in stops(held, found)})
    warehouse.withdraw_version(version, reason=f"Rà soát thấy dữ liệu cá nhân: {', '.join(kinds)}", by=by)
    held.findings, held.screened_at = msgspec.to_builtins(found.findings), now()
    held.save(update_fields=["findings", "screened_at"])
    data = {"key": held.dataset, "version": version.number, "kinds": kinds}
    record(f"{EVENT}.version-held", subject=held.reference, data=data, actor=by.reference)
    return held


def _held(publication: Publication) -> Publication:
    return Publication.objects.select_for_update().get(pk=publication.pk)


def _version(publication: Publication) -> tuple[Dataset, DatasetVersion | None]:
    dataset = datasets.needed(publication.dataset)
    return dataset, datasets.published(dataset)


def _move(held: Publication, move: Move, by: Actor, text: str) -> Publication:
    """Take a step: the state, its history, the dataset's own state and the event, all in one transaction."""
    before, held.state, held.updated_at = held.state, rules.after(held.state, move), now()
    held.save()
    Step.objects.create(
        publication=held,
        before=before,
        after=held.state,
        version=held.version,
        by=rules.person(by),
        note=text[:2000],
    )
    Dataset.objects.filter(key=held.dataset).update(state=held.state)
    note(move=move, state=held.state)
    data = {
        "key": held.dataset,
        "move": move,
        "state": held.state,
        "version": held.version,
        "unit": held.unit,
    }
    record(f"{EVENT}.publication-moved", subject=held.reference, data=data, actor=by.reference)
    return held


def _show(held: Publication, dataset: Dataset, version: DatasetVersion, kind: str, by: Actor) -> None:
    listing = describing.listing(dataset, version, held.published_at or now())
    _announce(writing.put(listing, kind), listing, by)


def _away(held: Publication, move: Move, why: str, by: Actor) -> Publication:
    held.reason = why
    _move(held, move, by, why)
    entry = CatalogueEntry.objects.filter(dataset=held.dataset).first()
    if entry is not None:
        listing = decode(bytes(entry.document))
        kind = Change.SUPERSEDED if move == "supersede" else Change.WITHDRAWN
        _announce(writing.remove(listing, kind, why), listing, by)
    return held


def _announce(change: Change, listing: Listing, by: Actor) -> None:
    data = {
        "key": listing.key,
        "change": change.pk,
        "version": listing.version,
        "rows": listing.rows,
        "themes": list(listing.themes),
        "publisher": listing.publisher,
    }
    record(f"{EVENT}.dataset-{change.kind}", subject=f"dataset:{listing.key}", data=data, actor=by.reference)
