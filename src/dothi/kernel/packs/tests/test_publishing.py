"""Drafts are published, a published version never changes, and what began under it can still read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from dothi.core.clock import frozen
from dothi.core.errors import Conflict, Forbidden, NotFound
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.packs import actions, queries, versions
from dothi.kernel.packs.loader import load
from dothi.kernel.packs.models import PackVersion

pytestmark = pytest.mark.django_db


@dataclass
class Someone:
    permissions: tuple[str, ...] = ("packs.publish",)
    reference: str = "account:1"
    asked: list[str] = field(default_factory=list)

    def require(self, permission: str, /) -> None:
        self.asked.append(permission)
        if permission not in self.permissions:
            raise Forbidden("no")


BY = Someone()


@pytest.fixture
def version(make):
    """The pack in a version, with an owner that makes its content differ."""

    def loaded(number: str, owner: str = "Somebody"):
        folder = make(f"{number}-{owner}/demo")
        path = folder / "pack.yaml"
        text = path.read_text(encoding="utf-8").replace("1.2.3", number).replace("Somebody", owner)
        path.write_text(text, encoding="utf-8")
        return load(folder)

    return loaded


def publish(loaded):
    actions.draft(loaded, by=BY)
    return actions.publish(loaded.key, loaded.pack.version, by=BY)


def test_a_draft_can_be_changed_until_it_is_published(version) -> None:
    actions.draft(version("1.0.0"), by=BY)
    changed = actions.draft(version("1.0.0", owner="Another"), by=BY)
    assert (changed.state, versions.content("demo", "1.0.0").pack.owner) == ("draft", "Another")


def test_publishing_supersedes_the_version_before(version) -> None:
    publish(version("1.9.0"))
    publish(version("1.10.0"))
    assert [(each.version, each.state) for each in versions.history("demo")] == [
        ("1.10.0", "published"),
        ("1.9.0", "superseded"),
    ]


def test_a_superseded_version_can_still_be_read(version) -> None:
    first = version("1.0.0")
    publish(first)
    publish(version("2.0.0", owner="Another"))
    assert versions.content("demo", "1.0.0") == first


def test_changed_content_under_a_published_version_is_refused_with_what_to_do(version) -> None:
    publish(version("1.0.0"))
    with pytest.raises(Conflict, match="Raise 'version'"):
        actions.draft(version("1.0.0", owner="Another"), by=BY)


def test_publishing_the_same_again_changes_nothing(version) -> None:
    publish(version("1.0.0"))
    publish(version("1.0.0"))
    assert OutboxEvent.objects.filter(type="vn.dothi.packs.published").count() == 1


def test_an_older_version_cannot_be_published_over_a_newer(version) -> None:
    publish(version("2.0.0"))
    with pytest.raises(Conflict, match=r"older version 1\.0\.0"):
        publish(version("1.0.0"))


def test_a_superseded_version_cannot_be_published_again(version) -> None:
    publish(version("1.0.0"))
    publish(version("2.0.0"))
    with pytest.raises(Conflict, match=r"1\.0\.0"):
        actions.publish("demo", "1.0.0", by=BY)


def test_publishing_records_an_event_with_what_it_supersedes(version) -> None:
    publish(version("1.0.0"))
    publish(version("1.1.0"))
    event = OutboxEvent.objects.filter(type="vn.dothi.packs.published").last()
    assert event is not None
    assert event.subject == "demo"


def test_publishing_needs_the_permission(version) -> None:
    with pytest.raises(Forbidden):
        actions.draft(version("1.0.0"), by=Someone(permissions=()))
    assert not PackVersion.objects.exists()


def test_what_was_never_drafted_cannot_be_published() -> None:
    with pytest.raises(NotFound, match=r"no draft 9\.9\.9"):
        actions.publish("demo", "9.9.9", by=BY)


def test_an_unknown_version_is_not_found() -> None:
    with pytest.raises(NotFound):
        versions.content("demo", "1.0.0")


def test_the_time_of_publication_is_kept(version) -> None:
    with frozen(datetime(2026, 11, 22, tzinfo=UTC)) as clock:
        actions.draft(version("1.0.0"), by=BY)
        clock.advance(timedelta(hours=1))
        published = actions.publish("demo", "1.0.0", by=BY)
    assert published.published_at == datetime(2026, 11, 22, 1, tzinfo=UTC)


def test_the_first_start_publishes_every_installed_pack() -> None:
    done = actions.ensure_published(by=BY)
    assert {each.key for each in done.published} == set(queries.packs())
    assert done.refused == []


def test_the_next_start_has_nothing_to_publish() -> None:
    actions.ensure_published(by=BY)
    assert actions.ensure_published(by=BY) == actions.Publication()


def test_a_pack_edited_without_new_version_is_reported_and_the_others_published(version) -> None:
    publish(version("1.0.0"))
    others = [each for each in queries.packs().values() if each.key == "hcmc"]
    done = actions.ensure_published(by=BY, packs=[version("1.0.0", owner="Another"), *others])
    assert [key for key, _ in done.refused] == ["demo"]
    assert [each.key for each in done.published] == ["hcmc"]


def test_a_start_with_an_older_pack_than_published_is_reported(version) -> None:
    publish(version("2.0.0"))
    done = actions.ensure_published(by=BY, packs=[version("1.0.0")])
    assert [key for key, _ in done.refused] == ["demo"]
    assert [each.version for each in versions.history("demo")] == ["2.0.0"]
