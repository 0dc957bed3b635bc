"""Following and leaving. Whoever follows has shown by a code that the address is theirs."""

from __future__ import annotations

from dothi.centres.hotline.following.areas import Area
from dothi.centres.hotline.models import Subscription
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.directory import queries as directory
from dothi.kernel.identity.locked import lock
from dothi.kernel.identity.secrets import digest, new_link
from dothi.kernel.messages.codes import Address

KEY, MOST = "subscriptions", 20


def subscribe(area: Area, to: Address, *, language: str) -> Subscription:
    """Follow the public reports of an area, from now on; asked twice, the first stays.

    ``to`` must have answered a one-time code: whoever calls this has seen to it. Raises :class:`BadInput`,
    :class:`Conflict` for more than 20 areas of one address.
    """
    area.check()
    if area.category and area.category not in catalogue.categories():
        raise BadInput(both("Hãy chọn một lĩnh vực.", "Choose a category."), where="category")
    if area.unit and directory.unit(area.unit) is None:
        raise BadInput(both("Không có phường, xã này.", "There is no such ward."), where="unit")
    held = Subscription.objects.filter(way=to.way, address=to.value)
    same = held.filter(
        unit=area.unit, lon=area.lon, lat=area.lat, radius_m=area.radius_m, category=area.category
    ).first()
    if same is not None:
        return same
    if held.count() >= MOST:
        raise Conflict(
            both("Một địa chỉ theo dõi tối đa 20 khu vực.", "One address follows 20 areas at most.")
        )
    secret = new_link()
    return Subscription.objects.create(
        way=to.way, address=to.value, language="en" if language == "en" else "vi", unit=area.unit, lon=area.lon,
        lat=area.lat, radius_m=area.radius_m, category=area.category, secret=digest(secret), leaving=lock(secret, KEY),
        told_until=now(),
    )  # fmt: skip


def followed(to: Address) -> list[Subscription]:
    """What an address follows."""
    return list(Subscription.objects.filter(way=to.way, address=to.value))


def by_secret(secret: str) -> Subscription:
    """The subscription that a link of a message is for; raises :class:`NotFound` when it was left."""
    found = Subscription.objects.filter(secret=digest(secret)).first() if secret else None
    if found is None:
        raise NotFound(both("Bạn không còn theo dõi khu vực này.", "You do not follow this area any more."))
    return found


def leave(secret: str) -> None:
    """Stop following; the address is forgotten with it. Raises :class:`NotFound`."""
    by_secret(secret).delete()
