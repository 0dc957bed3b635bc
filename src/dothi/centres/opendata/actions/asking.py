"""What readers bring: requests for data, error reports, things made with data. Asked by anybody, answered by officers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import F

from dothi.centres.opendata import queries, rules
from dothi.centres.opendata.models import CatalogueEntry, DataRequest, ErrorReport, Reuse, Support
from dothi.core.clock import now
from dothi.core.errors import BadInput, Unauthenticated, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note

EVENT: Final = "vn.dothi.opendata"
KINDS: Final = ("application", "analysis", "visualisation", "article", "research", "service")


def _unit(request: DataRequest | None = None, report: ErrorReport | None = None, **_: object) -> str | None:
    given = request or report
    return given.unit or None if given else None


def _organisation(
    request: DataRequest | None = None, report: ErrorReport | None = None, **_: object
) -> str | None:
    given = request or report
    return given.organisation or None if given else None


def _email(given: str) -> str:
    """An address that may be written to, or none; whether it exists only a letter can tell."""
    made = given.strip()
    local, at, domain = made.rpartition("@")
    if made and not (
        at and local and "." in domain and len(made) <= 254 and not set(made) & set(' <>,;"\r\n')
    ):
        raise BadInput(both("Địa chỉ thư không hợp lệ.", "This is not an e-mail address."), where="email")
    return made


@action(permission=None)
def ask_for_data(
    *, title: str, text: str, by: Actor, purpose: str = "", name: str = "", email: str = "", unit: str = ""
) -> DataRequest:
    """Ask the city for data that is not published. The question is shown, who asks is not."""
    made = DataRequest.objects.create(
        title=rules.text(title, "title", 200, least=5),
        text=rules.text(text, "text", 5000, least=10),
        purpose=rules.text(purpose, "purpose", 2000, least=0),
        name=rules.text(name, "name", 120, least=0),
        email=_email(email),
        unit=unit[:20],
        account=rules.person(by) if by.known else "",
    )
    record(f"{EVENT}.data-requested", subject=made.reference, data={"title": made.title}, actor=by.reference)
    return made


@action(permission=None)
def support(request: DataRequest, *, by: Actor) -> DataRequest:
    """Say that you want this data as well; once each."""
    if not by.known:
        raise Unauthenticated(both("Hãy đăng nhập để ủng hộ.", "Sign in to support a request."))
    _, new = Support.objects.get_or_create(request=request, account=rules.person(by))
    if new:
        DataRequest.objects.filter(pk=request.pk).update(supporters=F("supporters") + 1)
    request.refresh_from_db()
    return request


@action(permission=rules.ANSWER, unit=_unit, organisation=_organisation)
def answer_request(
    request: DataRequest, *, state: str, answer: str, by: Actor, dataset: str = ""
) -> DataRequest:
    """Accept, decline (with why) or answer a request; ``dataset``: the published dataset that answers it."""
    held = DataRequest.objects.select_for_update().get(pk=request.pk)
    held.state = rules.moved(rules.REQUESTS, held.state, state)
    held.answer = rules.text(answer, "answer", 5000, least=0 if state == "accepted" else 1)
    if dataset:
        held.dataset = queries.needed(dataset).key
    held.answered_by, held.answered_at = rules.person(by), now()
    held.save()
    note(state=state, dataset=held.dataset)
    data = {"state": held.state, "dataset": held.dataset}
    record(f"{EVENT}.data-request-answered", subject=held.reference, data=data, actor=by.reference)
    return held


@action(permission=None)
def report_error(
    dataset: str, *, text: str, by: Actor, column: str = "", row: str = "", name: str = "", email: str = ""
) -> ErrorReport:
    """Tell whoever answers for a dataset that something in it is wrong. Becomes work for its unit."""
    listing = queries.needed(dataset)
    if column and column not in {each.name for each in listing.columns}:
        raise BadInput(both(f"Không có cột “{column}”.", f"There is no column '{column}'."), where="column")
    made = ErrorReport.objects.create(
        dataset=listing.key,
        version=listing.version,
        column=column,
        row=row[:300],
        text=rules.text(text, "text", 5000, least=10),
        name=rules.text(name, "name", 120, least=0),
        email=_email(email),
        unit=listing.unit,
        organisation=listing.publisher,
        account=rules.person(by) if by.known else "",
    )
    data = {"dataset": made.dataset, "version": made.version, "column": column, "unit": made.unit}
    record(f"{EVENT}.error-reported", subject=made.reference, data=data, actor=by.reference)
    return made


@action(permission=rules.ANSWER, unit=_unit, organisation=_organisation)
def answer_report(
    report: ErrorReport, *, state: str, answer: str, by: Actor, mended_in: int = 0, case: str = ""
) -> ErrorReport:
    """Confirm, refuse (with why) or close a report; ``mended_in``: the version without the error."""
    held = ErrorReport.objects.select_for_update().get(pk=report.pk)
    held.state = rules.moved(rules.REPORTS, held.state, state)
    held.answer = rules.text(answer, "answer", 5000, least=0 if state == "confirmed" else 1)
    held.mended_in, held.case = mended_in or held.mended_in, case or held.case
    held.answered_by, held.answered_at = rules.person(by), now()
    held.save()
    note(state=state, case=held.case)
    data = {"state": held.state, "dataset": held.dataset, "mended_in": held.mended_in}
    record(f"{EVENT}.error-report-answered", subject=held.reference, data=data, actor=by.reference)
    return held


@action(permission=None)
def propose_reuse(
    *, title: str, text: str, url: str, author: str, datasets: Sequence[str], by: Actor, kind: str = "application",
    email: str = "",
) -> Reuse:  # fmt: skip
    """Show what you made with the city's data; it appears once somebody has looked at it."""
    if not url.startswith(("https://", "http://")) or len(url) > 1000:
        raise BadInput(both("Cần địa chỉ https://…", "Write an address: https://…"), where="url")
    if kind not in KINDS:
        raise BadInput(both(f"Có: {', '.join(KINDS)}.", f"There are: {', '.join(KINDS)}."), where="kind")
    used = list(dict.fromkeys(datasets))[:50]
    known = set(CatalogueEntry.objects.filter(dataset__in=used).values_list("dataset", flat=True))
    if not used or set(used) - known:
        raise BadInput(
            both("Hãy nêu tập dữ liệu đã dùng.", "Name the published datasets it uses."), where="datasets"
        )
    made = Reuse.objects.create(
        title=rules.text(title, "title", 200, least=3),
        text=rules.text(text, "text", 5000, least=10),
        url=url,
        kind=kind,
        author=rules.text(author, "author", 120),
        email=_email(email),
        datasets=used,
        account=rules.person(by) if by.known else "",
    )
    record(f"{EVENT}.reuse-proposed", subject=made.reference, data={"datasets": used}, actor=by.reference)
    return made


@action(permission=rules.GALLERY)
def judge_reuse(reuse: Reuse, *, show: bool, by: Actor, reason: str = "") -> Reuse:
    """Show a reuse in the gallery, or hide it with the reason."""
    held = Reuse.objects.select_for_update().get(pk=reuse.pk)
    held.state = "shown" if show else "hidden"
    held.reason = "" if show else rules.reason(reason)
    held.judged_by, held.shown_at = rules.person(by), now() if show else None
    held.save()
    note(state=held.state)
    record(f"{EVENT}.reuse-{held.state}", subject=held.reference, data={}, actor=by.reference)
    return held
