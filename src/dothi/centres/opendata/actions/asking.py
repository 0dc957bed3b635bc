"""What readers bring: requests for data, error reports, things made with data. Asked by anybody, answered by officers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import F

from dothi.centres.opendata import casework, queries, rules
from dothi.centres.opendata.casework import Sent
from dothi.centres.opendata.models import CatalogueEntry, DataRequest, ErrorReport, Reuse, Support
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import BadInput, Unauthenticated, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.messages.rules import Recipient
from dothi.kernel.messages.rules import email as mail_address

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


def _contact(name: str, email: str, language: str) -> Recipient:
    """How whoever wrote is reached; whether an address exists only a letter can tell."""
    address = mail_address(email) if email.strip() else ""
    return Recipient(name=rules.text(name, "name", 120, least=0), language=language, email=address)


@action(permission=None, subject=lambda **_: "data-request")
def ask_for_data(
    *, title: str, text: str, by: Actor, purpose: str = "", name: str = "", email: str = "", unit: str = "",
    language: str = "vi",
) -> Sent:  # fmt: skip
    """Ask the city for data that is not published: a case. The question is shown, who asks is not."""
    made = DataRequest(
        title=rules.text(title, "title", 200, least=5),
        text=rules.text(text, "text", 5000, least=10),
        purpose=rules.text(purpose, "purpose", 2000, least=0),
        unit=unit[:20] or current().city,
        account=rules.person(by) if by.known else "",
    )
    to = _contact(name, email, language)
    data = {"title": made.title, "text": made.text, "purpose": made.purpose}
    case = casework.open_case(
        casework.REQUEST, data, title=made.title, unit=made.unit, organisation="", by=by, to=to
    )
    made.case = case.id
    made.save()
    record(f"{EVENT}.data-requested", subject=made.reference, data={"title": made.title}, actor=by.reference)
    return Sent(made, case.code, case.secret)


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
    named = queries.needed(dataset).key if dataset else ""
    casework.renew(
        casework.move(request, state, {"answer": answer.strip(), "dataset": named}, by=by), by=by.reference
    )
    request.refresh_from_db()
    note(state=state, dataset=request.dataset)
    data = {"state": request.state, "dataset": request.dataset}
    record(f"{EVENT}.data-request-answered", subject=request.reference, data=data, actor=by.reference)
    return request


@action(permission=None, subject=lambda dataset, **_: f"dataset:{dataset}")
def report_error(
    dataset: str, *, text: str, by: Actor, column: str = "", row: str = "", name: str = "", email: str = "",
    language: str = "vi",
) -> Sent:  # fmt: skip
    """Tell whoever answers for a dataset that something in it is wrong: a case of its unit and publisher."""
    listing = queries.needed(dataset)
    if column and column not in {each.name for each in listing.columns}:
        raise BadInput(both(f"Không có cột “{column}”.", f"There is no column '{column}'."), where="column")
    made = ErrorReport(
        dataset=listing.key,
        version=listing.version,
        column=column,
        row=row[:300],
        text=rules.text(text, "text", 5000, least=10),
        unit=listing.unit or current().city,
        organisation=listing.publisher,
        account=rules.person(by) if by.known else "",
    )
    to = _contact(name, email, language)
    told = {"dataset": made.dataset, "dataset_version": made.version, "column": column, "row": made.row}
    case = casework.open_case(
        casework.REPORT, {**told, "text": made.text}, title=listing.title.text("vi"), unit=made.unit,
        organisation=made.organisation, by=by, to=to,
    )  # fmt: skip
    made.case = case.id
    made.save()
    data = {"dataset": made.dataset, "version": made.version, "column": column, "unit": made.unit}
    record(f"{EVENT}.error-reported", subject=made.reference, data=data, actor=by.reference)
    return Sent(made, case.code, case.secret)


@action(permission=rules.ANSWER, unit=_unit, organisation=_organisation)
def answer_report(
    report: ErrorReport, *, state: str, answer: str, by: Actor, mended_in: int = 0
) -> ErrorReport:
    """Look into a report, confirm it, mend, explain or decline (with why); ``mended_in``: the version without the error."""
    casework.renew(
        casework.move(report, state, {"answer": answer.strip(), "mended_in": mended_in}, by=by),
        by=by.reference,
    )
    report.refresh_from_db()
    note(state=state, case=report.case)
    data = {"state": report.state, "dataset": report.dataset, "mended_in": report.mended_in}
    record(f"{EVENT}.error-report-answered", subject=report.reference, data=data, actor=by.reference)
    return report


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
        email=mail_address(email) if email.strip() else "",
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
