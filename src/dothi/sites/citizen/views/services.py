"""Procedures found and described: who, where, how long, how much, with which papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from django.http import HttpRequest, HttpResponseBase

from dothi.centres.services import catalogue, procedures
from dothi.core import money
from dothi.core.text import format_number
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.payments.fees.tables import FeeTable, Prices
from dothi.sites.citizen.views.common import citizen, page
from dothi.sites.ui.shell import language


@citizen
def search(request: HttpRequest) -> HttpResponseBase:
    """The catalogue: by words, life event, audience."""
    lang = language()
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("q", "event", "for")}
    found = catalogue.find(asked["q"], life_event=asked["event"], audience=asked["for"])
    counted = catalogue.counts("life_event")
    events = [
        (key, label[lang]) for key, label in catalogue.labels(catalogue.LIFE_EVENTS).items() if key in counted
    ]
    rows = [(each.key, each.procedure, each.time(lang), _price(each.procedure, lang)) for each in found]
    return page(
        request,
        "services",
        {"asked": asked, "rows": rows, "events": events, "total": len(catalogue.entries())},
    )


@citizen
def procedure(request: HttpRequest, key: str) -> HttpResponseBase:
    """One procedure, as somebody decides whether to begin."""
    entry, lang = catalogue.entry(key), language()
    declared = procedures.published(entry.key).procedure
    clocks = [
        (
            each.label.text(lang),
            catalogue.allowance(each.allowance, lang),
            each.basis.text(lang) if each.basis else "",
        )
        for each in declared.clocks.values()
        if each.public
    ]
    return page(
        request,
        "service",
        {
            "each": declared, "clocks": clocks, "fees": list(_fees(declared, lang)), "handled": _agency(declared, lang),
            "papers": [(each, each.once_only is not None) for each in declared.documents if "open" in each.for_],
            "results": [each.label.text(lang) for each in declared.results],
        },
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Price:
    """A fee as a page shows it."""

    label: str
    amount: str
    note: str


def _fees(declared: Procedure, lang: str) -> Iterator[Price]:
    if not isinstance(declared.fees, dict):
        return
    for item in msgspec.convert(declared.fees, FeeTable).items:
        if item.share is not None:
            amount = f"{format_number(item.share.per_mille / 10, lang=lang)}\u00a0%"
            note = {"vi": "của giá trị", "en": "of the value"}[lang]
        elif isinstance(item.vnd, Prices):
            amount = f"{money.show(item.vnd.online, lang)} / {money.show(item.vnd.counter, lang)}"
            note = {"vi": "trực tuyến / tại quầy", "en": "online / at the counter"}[lang]
        else:
            amount, note = money.show(item.vnd or 0, lang), ""
        yield Price(item.label.text(lang), amount, note)


def _price(declared: Procedure, lang: str) -> str:
    prices = list(_fees(declared, lang))
    return prices[0].amount if prices else {"vi": "Miễn phí", "en": "Free"}[lang]


def _agency(declared: Procedure, lang: str) -> str:
    levels = {
        "ward": {"vi": "Uỷ ban nhân dân phường, xã", "en": "The People's Committee of the ward"},
        "city": {"vi": "Cơ quan của Thành phố", "en": "An agency of the city"},
        "country": {"vi": "Cơ quan trung ương", "en": "A national agency"},
    }
    organisation = declared.agency.organisation
    if organisation:
        name = catalogue.labels("organisations").get(organisation)
        if name:
            return name[lang]
    return levels[declared.agency.level][lang]
