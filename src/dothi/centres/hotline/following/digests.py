"""One message a day to whoever follows an area: what was reported there, what was answered. Public reports only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from dothi.centres.hotline.following.areas import Area, box
from dothi.centres.hotline.following.subscribing import KEY
from dothi.centres.hotline.models import PublicReport, Subscription
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.clock import HCMC, now
from dothi.core.config import current
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.locked import InvalidToken, unlock
from dothi.kernel.messages import actions as messages
from dothi.kernel.messages.rules import EMAIL, Recipient

log = structlog.get_logger()
HOUR: Final = 7  # of the city's morning, from which on the day's messages go out
SHOWN: Final = 10
LONGEST: Final = timedelta(days=7)  # after a pause of the platform nobody is told of more than this


def due(at: datetime) -> QuerySet[Subscription]:
    """Who was not told yet today; nobody before seven in the morning."""
    morning = at.astimezone(HCMC).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if at < morning:
        return Subscription.objects.none()
    return Subscription.objects.filter(told_until__lt=morning).order_by("told_until")


def send_due(at: datetime | None = None, limit: int = 500) -> int:
    """Tell those whose turn it is; how many messages were asked for. Two workers doing it tell nobody twice."""
    at, sent = at or now(), 0
    for key in list(due(at).values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            held = due(at).select_for_update().filter(pk=key).first()
            if held is None:
                continue
            sent += _tell(held, at)
            held.told_until = at
            held.save(update_fields=["told_until"])
    return sent


def area_of(held: Subscription) -> Area:
    """What it follows."""
    return Area(held.unit, held.lon, held.lat, held.radius_m, held.category)


def news(area: Area, since: datetime, until: datetime) -> tuple[list[PublicReport], list[PublicReport]]:
    """(reported, answered) in an area between two times, the newest first."""
    found = PublicReport.objects.filter(published=True)
    if area.category:
        found = found.filter(category=area.category)
    if area.unit:
        found = found.filter(unit=area.unit)
    elif area.lon is not None and area.lat is not None:
        west, south, east, north = box(area.lon, area.lat, area.radius_m)
        found = found.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    new = found.filter(opened_at__gt=since, opened_at__lte=until)
    done = found.filter(
        Q(changed_at__gt=since, changed_at__lte=until, status=PublicReport.CLOSED), ~Q(answer="")
    )
    inside = [
        [each for each in rows[:1000] if area.holds(each.unit, each.lon, each.lat)] for rows in (new, done)
    ]
    return inside[0], inside[1]


def named(area: Area, language: str) -> str:
    """An area in words."""
    known = catalogue.categories().get(area.category)
    kind = known.label.text(language) if known else {"vi": "mọi lĩnh vực", "en": "every kind"}[language]
    if area.unit:
        found = directory.unit(area.unit)
        return f"{found.full_name[language] if found else area.unit} · {kind}"
    around = {"vi": "quanh vị trí của bạn", "en": "around your position"}[language]
    return f"{area.radius_m} m {around} · {kind}"


def _tell(held: Subscription, at: datetime) -> int:
    area, since = area_of(held), max(held.told_until, at - LONGEST)
    new, done = news(area, since, at)
    if not new and not done:
        return 0
    english, link = held.language == "en", f"{current().url}/c/reports/follow/leave/"
    where = named(area, held.language)
    subject = f"1022 · {where}"
    lines = [
        f"{where}: {len(new)} new, {len(done)} answered." if english else f"{where}: {len(new)} phản ánh mới, {len(done)} đã trả lời."
    ]  # fmt: skip
    if held.way == EMAIL:
        lines += _listed("New" if english else "Mới", new, held.language)
        lines += _listed("Answered" if english else "Đã trả lời", done, held.language)
    lines.append(f"To stop: {link}" if english else f"Thôi theo dõi: {link}")
    to = Recipient(
        language=held.language, email=held.address if held.way == EMAIL else "",
        phone=held.address if held.way != EMAIL else "", ways=(held.way,),
    )  # fmt: skip
    day = at.astimezone(HCMC).date()
    messages.send(
        to, subject=subject, text="\n".join(lines), key=f"hotline-digest:{held.pk}:{day}", purpose="hotline.digest",
        link=link, sealed={link: f"{link}?k={_leaving(held)}"},
    )  # fmt: skip
    return 1


def _listed(title: str, rows: list[PublicReport], language: str) -> list[str]:
    if not rows:
        return []
    known = catalogue.categories()
    made = ["", f"{title}:"]
    for each in rows[:SHOWN]:
        category = known.get(each.category)
        label = category.label.text(language) if category else each.category
        simulated = {"vi": " (mô phỏng)", "en": " (simulated)"}[language] if each.simulated else ""
        words = " ".join(each.text.split())[:120]
        made.append(f"- {label}{simulated}: {words} {current().url}/c/reports/{each.code}/")
    if len(rows) > SHOWN:
        made.append(f"… +{len(rows) - SHOWN}")
    return made


def _leaving(held: Subscription) -> str:
    try:
        return unlock(held.leaving, KEY)
    except InvalidToken:
        log.warning("hotline.key_is_lost", subscription=str(held.pk))
        return ""
