"""An administrator, people with less, a small city, feeds of our own and failed events."""

from datetime import date, timedelta

import msgspec
import pytest
from django.test import Client

from dothi.core.clock import now, now_us
from dothi.core.ids import uuid7_str
from dothi.kernel.directory.models import AdministrativeUnit, Revision, UnitSuccession
from dothi.kernel.directory.snapshot import memory
from dothi.kernel.events.log import Event
from dothi.kernel.events.models import ConsumerOffset, DeadLetter
from dothi.kernel.feeds import registry
from dothi.kernel.feeds.base import FeedResult, Label
from dothi.kernel.feeds.models import FeedState, Lease
from dothi.kernel.identity import actions, lookup
from dothi.kernel.identity.access import SYSTEM

REFORM = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def quick(settings, wired, db):
    """Passwords are hashed quickly, nobody is known from an earlier test, stores and bus are there."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    lookup.forget()
    yield
    lookup.forget()


@pytest.fixture
def make():
    """A browser of someone with these roles: ``make("an", "auditor")``."""

    def signed_in(name, *roles, language="vi"):
        account = actions.create_account(f"{name}@example.vn", name=name.title(), by=SYSTEM)
        account.set_password("bốn từ chẳng liên quan")
        account.save()
        for role in roles:
            actions.grant_role(account, role, by=SYSTEM, reason="test")
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = language
        client.account = account
        return client

    return signed_in


@pytest.fixture
def office(make):
    """The administrator's browser, in Vietnamese."""
    return make("binh", "administrator")


def make_unit(key, level, kind, names, parent=None, *, begun=REFORM, ended=None, point=(106.7, 10.78)):
    vi, en, word, english = names
    era, code = key.split(":")
    return AdministrativeUnit.objects.create(
        key=key, era=era, code=code, level=level, kind=kind, name_vi=vi, name_en=en, full_name_vi=f"{word} {vi}",
        full_name_en=f"{en} {english}", parent=parent, valid_from=begun, valid_to=ended, lon=point[0], lat=point[1],
        area_km2=4.8,
    )  # fmt: skip


@pytest.fixture
def units():
    """The city with two wards; the old ward Bến Nghé became the new ward Sài Gòn."""
    city = make_unit(
        "vn34:79", "province", "municipality", ("Hồ Chí Minh", "Ho Chi Minh", "Thành phố", "City")
    )
    ward = make_unit("vn34:26740", "commune", "ward", ("Sài Gòn", "Sai Gon", "Phường", "Ward"), city)
    make_unit(
        "vn34:26743",
        "commune",
        "ward",
        ("Bến Thành", "Ben Thanh", "Phường", "Ward"),
        city,
        point=(106.68, 10.77),
    )
    old = make_unit(
        "vn63:26740", "commune", "ward", ("Bến Nghé", "Ben Nghe", "Phường", "Ward"), begun=None, ended=REFORM
    )
    UnitSuccession.objects.create(old=old, new=ward, kind="whole", share=1.0)
    Revision.objects.update_or_create(pk=1, defaults={"token": uuid7_str()})
    memory.forget()
    yield
    memory.forget()


class Tide:
    """A feed with a rhythm."""

    key, label, provenance, interval = "tide", Label("Thủy triều", "Tide"), "computed", timedelta(minutes=10)

    def run_once(self, context, at):
        return FeedResult()


class City(Tide):
    """What stands for the generator."""

    key, label, provenance, interval = (
        "generator",
        Label("Bộ mô phỏng", "Generator"),
        "simulated",
        timedelta(seconds=30),
    )


class Devices:
    """A feed that is sent to."""

    key, label, provenance = "mqtt", Label("Thiết bị", "Devices"), "observed"

    def run(self, context, stop, report):
        return None


@pytest.fixture
def feeds():
    """Three feeds: one at work, the generator, one that is sent to; somebody runs them."""
    before = registry.feeds()
    registry.forget()
    for feed in (Tide(), City(), Devices()):
        registry.register(feed)
    FeedState.objects.create(
        key="tide", started_at=now(), succeeded_at=now(), next_run_at=now() + timedelta(minutes=10), written=7
    )
    Lease.objects.create(name="feeds", holder="here:1", expires_at=now() + timedelta(minutes=1))
    yield
    registry.forget()
    for feed in before.values():
        registry.register(feed)


@pytest.fixture
def consumer():
    """A consumer at work."""
    return ConsumerOffset.objects.create(
        name="relay", log="city", owner="here:1", leased_until_us=now_us() + 60_000_000, moved_at_us=now_us()
    )


@pytest.fixture
def fail(consumer):
    """Makes failed events of that consumer: ``fail("vn.dothi.x", state="retrying")``."""

    def failed(
        type="vn.dothi.test.happened",
        *,
        state="dead",
        consumer="relay",
        error="Traceback\nValueError: too large",
    ):
        event = Event(
            id=uuid7_str(), type=type, source="urn:dothi:city", subject="thing:1", time=now(), data={"n": 1},
            position="0001-000000000000-000000000001",
        )  # fmt: skip
        return DeadLetter.objects.create(
            consumer=consumer, event_id=event.id, position=event.position, event=msgspec.json.encode(event).decode(),
            state=state, attempts=8, error=error, first_failed_us=now_us(), last_failed_us=now_us(),
        )  # fmt: skip

    return failed
