"""What needs a person now: each matter in a sentence, with what to do and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.core.config import current
from dothi.kernel.identity.access import PEOPLE_READ, Actor
from dothi.sites.admin.access import FEEDS, LETTERS, PACKS, SYSTEM, UNITS
from dothi.sites.admin.reads.feeds import FeedLine
from dothi.sites.admin.reads.signs import ORDER, SHAPES
from dothi.sites.admin.reads.state import State
from dothi.sites.ui.shell import language

LITTLE_SPACE, HARDLY_ANY_SPACE = 0.15, 0.05


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to look at. ``since`` is when it began, where that is known."""

    level: str
    title: str
    advice: str
    url: str
    since: datetime | None = None

    @property
    def shape(self) -> str:
        """The shape that goes with the level."""
        return SHAPES[self.level]


def matters(actor: Actor, state: State) -> list[Matter]:
    """Everything this person may see, the gravest first."""
    found = [matter for permission, look in LOOKS if actor.may(permission) for matter in look(state)]
    return sorted(found, key=lambda matter: ORDER.index(matter.level))


def _parts(state: State) -> Iterator[Matter]:
    for part in state.parts:
        if not part.ok:
            title = _("Not in order: %(part)s") % {"part": part.name}
            yield Matter("critical", title, part.problem, reverse("administration:system"))


def _openness(state: State) -> Iterator[Matter]:
    config, url = current(), reverse("administration:system")
    if config.context_open:
        advice = _(
            "Whoever reaches this machine reads and writes the live city without a token (DOTHI_CONTEXT_ACCESS)."
        )
        yield Matter("warn", _("The live city is open without a token"), advice, url)
    if not config.loopback and not config.public_url.startswith("https://"):
        advice = _("Put a proxy with TLS in front and name its address in DOTHI_PUBLIC_URL.")
        yield Matter("warn", _("The platform is on the network without encryption"), advice, url)


def _space(state: State) -> Iterator[Matter]:
    storage = state.storage
    if storage.free_share < LITTLE_SPACE:
        level = "critical" if storage.free_share < HARDLY_ANY_SPACE else "warn"
        title = _("%(percent)d %% of the disk is free") % {"percent": storage.free_share * 100}
        advice = _("Without space nothing can be written. Make room, or move the data folder.")
        yield Matter(level, title, advice, reverse("administration:system"))


def _feeds(state: State) -> Iterator[Matter]:
    for line in state.feeds:
        yield from _feed(line, reverse("administration:feed", args=[line.view.key]))


def _feed(line: FeedLine, url: str) -> Iterator[Matter]:
    view, name = line.view, {"feed": line.view.label.text(language())}
    if view.enabled and view.error:
        yield Matter("alert", _("The feed “%(feed)s” fails") % name, view.error[:200], url, view.last_success)
    elif line.sign.level == "warn":
        yield Matter(
            "warn", _("The feed “%(feed)s” is late") % name, _("See its last runs."), url, view.next_run
        )
    if view.dead_letters:
        counted = ngettext(
            "%(count)d message could not be taken", "%(count)d messages could not be taken", view.dead_letters
        )
        yield Matter("warn", counted % {"count": view.dead_letters}, name["feed"], url)
    if view.enabled and view.provenance == "simulated":
        advice = _("What it makes is marked everywhere. Switch it off when real feeds are connected.")
        yield Matter("info", _("“%(feed)s” is on: readings are made, not measured") % name, advice, url)


def _events(state: State) -> Iterator[Matter]:
    url = reverse("administration:letters")
    for line in state.consumers:
        consumer, name = line.state, {"name": line.state.name}
        if consumer.dead:
            title = ngettext(
                "%(count)d event could not be handled", "%(count)d events could not be handled", consumer.dead
            )
            advice = _("Consumer %(name)s gave up. Mend the cause, then send again or discard.") % name
            yield Matter("alert", title % {"count": consumer.dead}, advice, f"{url}?consumer={consumer.name}")
        if consumer.running and line.sign.level == "warn":
            advice = consumer.waiting_for or _("Events wait for it.")
            title = _("Consumer %(name)s does not keep up") % name
            yield Matter("warn", title, advice, reverse("administration:events"), consumer.oldest_waiting)


def _packs(state: State) -> Iterator[Matter]:
    url = reverse("administration:packs")
    wrong = state.mistakes
    if wrong:
        title = ngettext("The packs have %(count)d mistake", "The packs have %(count)d mistakes", wrong)
        yield Matter("alert", title % {"count": wrong}, _("Each is listed with its file and place."), url)
    for line in state.packs:
        if line.sign.level != "normal":
            title = _("Pack %(pack)s %(version)s is not in force") % {
                "pack": line.loaded.key,
                "version": line.loaded.pack.version,
            }
            advice = line.refusal or _("Publish it, so that what begins under it can be read later.")
            yield Matter(
                line.sign.level, title, advice, reverse("administration:pack", args=[line.loaded.key])
            )


def _units(state: State) -> Iterator[Matter]:
    status = state.boundaries
    if not status["total"]:
        advice = _("Run: dothi import units.")
        yield Matter(
            "alert", _("No administrative units are loaded"), advice, reverse("administration:units")
        )
    elif status["approximate"]:
        missing = status["total"] - status["matched"]
        title = ngettext(
            "%(count)d of %(total)d units is drawn approximately",
            "%(count)d of %(total)d units are drawn approximately",
            missing,
        )
        advice = _("Their boundaries were not imported: the map draws cells around their centres.")
        yield Matter(
            "warn",
            title % {"count": missing, "total": status["total"]},
            advice,
            reverse("administration:boundaries"),
        )


def _people(state: State) -> Iterator[Matter]:
    who = state.protection
    open_ones = who.administrators - who.protected
    if open_ones:
        level = "warn" if who.protected == 0 else "info"
        title = (
            _("No administrator has a second step at sign-in")
            if not who.protected
            else ngettext(
                "%(count)d administrator has no second step at sign-in",
                "%(count)d administrators have no second step at sign-in",
                open_ones,
            )
            % {"count": open_ones}
        )
        advice = _("A stolen password alone opens everything. Add a passkey or an app with codes.")
        yield Matter(level, title, advice, reverse("mfa_index"))
    if who.administrators == 1:
        advice = _("If that person cannot sign in, nobody can let others in. Give a second person the role.")
        yield Matter("info", _("There is only one administrator"), advice, reverse("identity:people"))


LOOKS: tuple[tuple[str, Callable[[State], Iterator[Matter]]], ...] = (
    (SYSTEM, _parts),
    (SYSTEM, _space),
    (SYSTEM, _openness),
    (FEEDS, _feeds),
    (LETTERS, _events),
    (PACKS, _packs),
    (UNITS, _units),
    (PEOPLE_READ, _people),
)
