"""Reporting to 1022: photos, what, what kind, where, already reported, how to be told, send. One thing a page."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dothi.centres.hotline import actions, queries
from dothi.centres.hotline.images import waiting
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.errors import BadInput, DothiError, NotFound, TooLarge, TooMany, both
from dothi.core.ids import uuid7_str
from dothi.kernel.cases.engine.types import Refused
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.web import actor_of
from dothi.kernel.messages import codes
from dothi.kernel.messages.rules import Recipient, email, phone
from dothi.sites.citizen.views import confirm, reports
from dothi.sites.citizen.views.common import CASES, citizen, page, remember, units
from dothi.sites.forms import showing
from dothi.sites.forms.posting import PREFIX
from dothi.sites.ui.shell import language

HELD: Final = "citizen-report"
STEPS: Final = ("photo", "what", "kind", "where", "same", "contact", "check")
PHOTO_MB: Final = 15
Held = dict[str, Any]


@citizen
def begin(request: HttpRequest) -> HttpResponseBase:
    """The first page: photos, for whoever has some."""
    return _photo(request, _held(request))


@citizen
def step(request: HttpRequest, step: str) -> HttpResponseBase:
    """One of the pages behind it; whoever jumps ahead is taken to the first that is missing."""
    held = _held(request)
    if step not in STEPS:
        raise NotFound(both("Không có trang này.", "There is no such page."))
    lacking = next((each for each in STEPS[: STEPS.index(step)] if each not in held["done"]), None)
    if lacking:
        return _to(lacking)
    return _PAGES[step](request, held)


def _held(request: HttpRequest) -> Held:
    return {"key": uuid7_str(), "done": []} | dict(request.session.get(HELD, {}))


def _save(request: HttpRequest, held: Held, step: str) -> None:
    held["done"] = [*(each for each in held["done"] if each != step), step]
    request.session[HELD] = held


def _to(step: str) -> HttpResponseRedirect:
    if step == STEPS[0]:
        return HttpResponseRedirect(reverse("citizen:report"))
    return HttpResponseRedirect(reverse("citizen:report-step", args=[step]))


def _shown(
    request: HttpRequest, held: Held, step: str, told: list[showing.Fault], **context: Any
) -> HttpResponseBase:
    number = STEPS.index(step)
    back = _to(STEPS[number - 1]).url if number else reverse("citizen:home")
    frame = {"held": held, "number": number + 1, "steps": len(STEPS), "before": back, "faults": told}
    return page(request, f"report_{step}", frame | context, status=422 if told else 200)


def _photo(request: HttpRequest, held: Held) -> HttpResponseBase:
    """Photos first: kept without metadata; where they were taken is offered, and used only by who agrees."""
    told: list[showing.Fault] = []
    if request.method == "POST":
        try:
            if "remove" in request.POST:
                waiting.drop(waiting.one(held["key"], UUID(request.POST["remove"])))
            elif "use" in request.POST:
                return _offered(request, held, agreed=request.POST["use"] == "yes")
            else:
                _take(request, held)
                if not held.get("photo_at"):
                    _save(request, held, "photo")
                    return _to("what")
        except ValueError:
            raise NotFound(both("Không có ảnh này.", "There is no such photo.")) from None
        except DothiError as error:
            told = [showing.Fault("photos", error.text(language()))]
        request.session[HELD] = held
    at = held.get("photo_at")
    unit = directory.unit_at(*at) if at else None
    context = {
        "photos": waiting.waiting(held["key"]),
        "most": waiting.MOST,
        "at": at,
        "unit": unit.full_name[language()] if unit else "",
    }
    return _shown(request, held, "photo", told, **context)


def _take(request: HttpRequest, held: Held) -> None:
    given = request.FILES.getlist("photos")
    if any((each.size or 0) > PHOTO_MB << 20 for each in given):
        raise TooLarge(
            both(f"Mỗi ảnh tối đa {PHOTO_MB} MB.", f"At most {PHOTO_MB} MB a photo."), where="photos"
        )
    if given and not ratelimit.consume(request, action="report_photo"):
        raise TooMany(both("Gửi quá nhiều ảnh, hãy thử lại sau.", "Too many photos; try again later."))
    for each in given:
        taken = waiting.take(held["key"], each.name or "photo", each.read())
        if taken.position and not held.get("place", {}).get("lat"):
            held["photo_at"] = taken.position


def _offered(request: HttpRequest, held: Held, *, agreed: bool) -> HttpResponseBase:
    at = held.pop("photo_at", None)
    if at and agreed:
        unit = directory.unit_at(*at)
        held["place"] = {
            "address": "",
            "unit": unit.code if unit else "",
            "lat": str(at[1]),
            "lon": str(at[0]),
        }
        held["from_photo"] = True
    _save(request, held, "photo")
    return _to("what")


def _what(request: HttpRequest, held: Held) -> HttpResponseBase:
    told: list[showing.Fault] = []
    if request.method == "POST":
        held["description"] = request.POST.get("description", "").strip()[:4000]
        if held["description"]:
            _save(request, held, "what")
            return _to("kind")
        told = [showing.Fault("description", _("Say what is wrong."))]
    return _shown(request, held, "what", told)


def _kind(request: HttpRequest, held: Held) -> HttpResponseBase:
    told: list[showing.Fault] = []
    known = catalogue.categories()
    if request.method == "POST":
        if request.POST.get("category") in known:
            held["category"] = request.POST["category"]
            _save(request, held, "kind")
            return _to("where")
        told = [showing.Fault("kinds", _("Choose what it is about."))]
    lang = language()
    at = _position(held)
    likely = [known[each.category] for each in queries.suggest(held["description"], at).candidates]
    rows = [(each.key, each.label.text(lang), each.description.text(lang)) for each in likely]
    for key in queries.kinds_around(at) if at else ():
        if key in known and all(key != row[0] for row in rows):
            rows.append((key, known[key].label.text(lang), _("Reported near there and still open")))
    groups = [
        (group.label.text(lang), [(each.key, each.label.text(lang)) for each in group.categories])
        for group in catalogue.groups()
    ]
    return _shown(request, held, "kind", told, likely=rows, groups=groups)


def _where(request: HttpRequest, held: Held) -> HttpResponseBase:
    told: list[showing.Fault] = []
    hits: list[tuple[str, str]] = []
    if request.method == "POST":
        names = ("address", "unit", "lat", "lon")
        held["place"] = {each: request.POST.get(f"{PREFIX}place.{each}", "").strip()[:300] for each in names}
        if "find" in request.POST:
            hits = _found(held)
            told = (
                []
                if hits
                else [
                    showing.Fault(
                        "f-place-address",
                        _("No ward of this name was found. Choose it below, or put the mark on the map."),
                    )
                ]
            )
        else:
            told = _place_faults(held)
        if not told and not hits:
            held.pop("from_photo", None)
            _save(request, held, "where")
            return _to("same" if _near(held) else _skip(request, held))
    parts, lang = held.get("place", {}), language()
    shown = showing.Shown(
        "place", "place", "place", _("Where is it?"), required=_needs_place(held), parts=parts,
        choices=[showing.Choice(code, name, code == parts.get("unit")) for code, name in units(lang)],
        faults=[each.text for each in told],
    )  # fmt: skip
    context = {
        "each": shown,
        "hits": hits,
        "map": {"wards": reverse("operations:wards"), "words": {"none": ""}},
    }
    return _shown(request, held, "where", told, **context)


def _found(held: Held) -> list[tuple[str, str]]:
    """The wards that an address names, as it is written or by its last part; of old names those that followed them."""
    words = held["place"]["address"]
    parts = [words, *reversed(words.split(","))]
    for part in parts:
        hits = [
            (each.code, each.full_name[language()])
            for each in directory.search(part.strip(), 8)
            if each.level == "commune" and each.valid_to is None
        ]
        if part.strip() and hits:
            held["place"]["unit"] = hits[0][0]
            return hits
    return []


def _skip(request: HttpRequest, held: Held) -> str:
    _save(request, held, "same")
    return "contact"


def _needs_place(held: Held) -> bool:
    return catalogue.categories()[held["category"]].needs_place


def _place_faults(held: Held) -> list[showing.Fault]:
    given = held["place"]
    if (given["lat"] or given["lon"]) and _position(held) is None:
        return [
            showing.Fault("f-place", _("The coordinates are not right. Leave them empty or correct them."))
        ]
    named = given["address"] or given["unit"] or given["lat"]
    if _needs_place(held) and not named:
        return [showing.Fault("f-place", _("Say where it is: an address, a ward or your position."))]
    return []


def _position(held: Held) -> tuple[float, float] | None:
    given = held.get("place", {})
    try:
        lon, lat = (float(given[name].replace(",", ".")) for name in ("lon", "lat"))
    except (KeyError, ValueError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _words(held: Held) -> str:
    given = held.get("place", {})
    found = directory.unit(given.get("unit", "")) if given.get("unit") else None
    return ", ".join(filter(None, (given.get("address", ""), found.full_name["vi"] if found else "")))


def _near(held: Held) -> list[queries.Near]:
    where = _position(held)
    if where is None:
        return []
    return queries.near(where, held["category"], text=held["description"], address=_words(held))


def _same(request: HttpRequest, held: Held) -> HttpResponseBase:
    told: list[showing.Fault] = []
    found = _near(held)
    chosen = request.POST.get("code", "")
    if request.method == "POST" and not chosen:
        _save(request, held, "same")
        return _to("contact")
    if request.method == "POST":
        try:
            answer = reports.me_too(request, queries.public(chosen))
            request.session.pop(HELD, None)
            return answer
        except DothiError as error:
            told = [showing.Fault("address", error.text(language()))]
    return _shown(request, held, "same", told, found=found, chosen=chosen, given=request.POST)


def _tell(request: HttpRequest, held: Held) -> HttpResponseBase:
    told: list[showing.Fault] = []
    if request.method == "POST":
        held["contact"] = {
            name: request.POST.get(name, "").strip()[:200] for name in ("name", "phone", "email")
        }
        told = _contact_faults(held)
        if not told:
            _save(request, held, "contact")
            try:
                return _confirming(request, held) or _to("check")
            except DothiError as error:
                told = [showing.Fault("phone", error.text(language()))]
    return _shown(request, held, "contact", told, given=held.get("contact", {}))


def _confirming(request: HttpRequest, held: Held) -> HttpResponseBase | None:
    """To the page for the code, when whoever reports wants that and the address is not confirmed yet."""
    given = held["contact"]["phone"] or held["contact"]["email"]
    if "confirm" not in request.POST or not given:
        return None
    to = codes.address(given)
    return None if to in confirm.confirmed(request) else confirm.send(request, to, after=_to("check").url)


def _contact_faults(held: Held) -> list[showing.Fault]:
    told = []
    for name, check in (("phone", phone), ("email", email)):
        try:
            if held["contact"][name]:
                check(held["contact"][name])
        except BadInput as error:
            told.append(showing.Fault(name, error.text(language())))
    return told


def _check(request: HttpRequest, held: Held) -> HttpResponseBase:
    told: list[showing.Fault] = []
    if request.method == "POST":
        try:
            return _send(request, held)
        except Refused as error:
            texts = [each[language()] for each in error.errors.values()] or [error.text(language())]
            told = [showing.Fault("", each) for each in texts]
        except DothiError as error:
            told = [showing.Fault("", error.text(language()))]
    named = catalogue.categories()[held["category"]].label.text(language())
    photos = waiting.waiting(held["key"])
    return _shown(request, held, "check", told, category=named, place=_words(held), photos=photos)


def _send(request: HttpRequest, held: Held) -> HttpResponseBase:
    if not ratelimit.consume(request, action="hotline_report"):
        raise TooMany(both("Gửi quá nhiều, hãy thử lại sau.", "Too many reports; try again later."))
    photos = waiting.waiting(held["key"])
    made = actions.file_report(
        held["category"], held["description"], by=actor_of(request), position=_position(held), place_words=_words(held),
        unit=held["place"].get("unit", ""), contact=Recipient(language=language(), **held["contact"]),
        confirmed=confirm.confirmed(request),
        photos=[(each.name, waiting.content(each)) for each in photos], language=language(), key=held["key"],
    )  # fmt: skip
    if made.secret:
        remember(request, CASES, made.code, made.secret)
    for each in photos:
        waiting.drop(each)
    request.session.pop(HELD, None)
    return HttpResponseRedirect(f"{reverse('citizen:case', args=[made.code])}?new=1")


@citizen
def photo(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """A photo of the report that this visitor has not sent yet."""
    held = waiting.one(_held(request)["key"], id)
    answer = HttpResponse(waiting.content(held), content_type="image/jpeg")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


_PAGES: Final = {
    "photo": _photo, "what": _what, "kind": _kind, "where": _where, "same": _same, "contact": _tell, "check": _check,
}  # fmt: skip
