"""The event log: consumers, failed events, sending again, giving up; the newest events."""

import pytest
from django.db import transaction
from django.test import Client

from dothi.core.clock import now_us
from dothi.kernel.events.actions import record
from dothi.kernel.events.models import ConsumerOffset, DeadLetter, OutboxEvent
from dothi.kernel.identity.models import AuditEntry


def audited(name):
    return [(entry.outcome, entry.subject, entry.detail) for entry in AuditEntry.objects.filter(action=name)]


def test_a_consumer_that_does_not_run_is_said(office, consumer):
    ConsumerOffset.objects.update(leased_until_us=now_us() - 1)
    assert "không chạy" in office.get("/admin/events/").content.decode()


def test_the_list_is_of_those_given_up_until_others_are_asked_for(office, fail):
    dead, trying = fail("vn.dothi.a"), fail("vn.dothi.b", state=DeadLetter.RETRYING)
    text = office.get("/admin/events/failed/").content.decode()
    assert f"/failed/{dead.pk}/" in text
    assert f"/failed/{trying.pk}/" not in text
    assert f"/failed/{trying.pk}/" in office.get("/admin/events/failed/?state=all").content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [("type=vn.dothi.a", 1), ("type=vn.dothi.", 2), ("consumer=other", 0), ("consumer=relay", 2)],
)
def test_the_list_is_narrowed_by_consumer_and_type(office, fail, query, shown):
    fail("vn.dothi.a")
    fail("vn.dothi.b")
    assert (
        office.get(f"/admin/events/failed/?{query}").content.decode().count("ValueError: too large") == shown
    )


def test_the_list_goes_on_by_key(office, fail):
    letters = [fail() for _ in range(51)]
    first = office.get("/admin/events/failed/?consumer=relay").content.decode()
    assert f"before={letters[1].pk}" in first
    second = office.get(f"/admin/events/failed/?consumer=relay&before={letters[1].pk}").content.decode()
    assert f"/failed/{letters[0].pk}/" in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("query", ["state=nonsense", "before=nonsense", "type=%00", "consumer=%00"])
def test_nonsense_in_the_address_breaks_nothing(office, fail, query):
    fail()
    assert office.get(f"/admin/events/failed/?{query}").status_code == 200


def test_one_failed_event_is_shown_as_cloudevent_with_its_error(office, fail):
    text = office.get(f"/admin/events/failed/{fail().pk}/").content.decode()
    assert "&quot;specversion&quot;: &quot;1.0&quot;" in text
    assert "ValueError: too large" in text


def test_sending_again_gives_the_event_back_and_is_audited(office, fail):
    letter = fail()
    answer = office.post(f"/admin/events/failed/{letter.pk}/resend/", follow=True)
    assert "Đã trả sự kiện về bộ xử lý." in answer.content.decode()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (DeadLetter.RETRYING, 0)
    assert audited("events.resend") == [
        ("done", letter.reference, {"consumer": "relay", "event": letter.event_id})
    ]


def test_all_of_one_consumer_are_sent_again_together(office, fail):
    fail(), fail(), fail(consumer="other")
    office.post("/admin/events/failed/resend/", {"consumer": "relay"})
    assert set(DeadLetter.objects.values_list("consumer", "state")) == {
        ("relay", "retrying"),
        ("other", "dead"),
    }
    assert audited("events.resend_all") == [("done", "consumer:relay", {"consumer": "relay", "count": 2})]


def test_discarding_needs_a_reason_and_keeps_it_in_the_audit(office, fail):
    letter = fail()
    refused = office.post(f"/admin/events/failed/{letter.pk}/discard/", {"reason": " "})
    assert refused.status_code == 200
    assert DeadLetter.objects.filter(pk=letter.pk).exists()
    assert (
        office.post(f"/admin/events/failed/{letter.pk}/discard/", {"reason": "sent by mistake"}).status_code
        == 302
    )
    assert not DeadLetter.objects.filter(pk=letter.pk).exists()
    detail = {"consumer": "relay", "event": letter.event_id, "reason": "sent by mistake"}
    assert audited("events.discard") == [("done", letter.reference, detail)]


@pytest.mark.parametrize("deed", ["resend", "discard"])
def test_who_may_only_read_can_do_neither(make, fail, deed):
    letter = fail()
    browser = make("an", "auditor")
    assert browser.post(f"/admin/events/failed/{letter.pk}/{deed}/", {"reason": "x"}).status_code == 403
    assert DeadLetter.objects.get(pk=letter.pk).state == DeadLetter.DEAD


def test_a_form_from_another_site_is_refused(office, fail):
    letter = fail()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(office.account)
    assert browser.post(f"/admin/events/failed/{letter.pk}/resend/").status_code == 403


def test_one_that_is_gone_is_a_page_that_says_so(office):
    assert office.get("/admin/events/failed/999/").status_code == 404
    assert office.post("/admin/events/failed/999/resend/").status_code == 404


def happened(count, type="vn.dothi.test.happened"):
    with transaction.atomic():
        for number in range(count):
            record(type, subject=f"thing-{number}.", data={"n": number})


def test_the_newest_events_come_first_and_go_on_by_position(office):
    OutboxEvent.objects.all().delete()
    happened(51)
    first = office.get("/admin/events/newest/").content.decode()
    assert first.index("thing-50.") < first.index("thing-49.")
    assert "thing-0." not in first
    place = first.split("before=")[1].split('"')[0]
    assert "thing-0." in office.get(f"/admin/events/newest/?before={place}").content.decode()


def test_events_are_narrowed_by_the_beginning_of_their_type(office):
    happened(1, "vn.dothi.test.one")
    happened(1, "vn.dothi.other.two")
    text = office.get("/admin/events/newest/?type=vn.dothi.test.").content.decode()
    assert "vn.dothi.test.one" in text
    assert "vn.dothi.other.two" not in text


def test_a_position_of_no_such_log_is_the_first_page(office):
    happened(1)
    assert "thing-0." in office.get("/admin/events/newest/?before=nonsense").content.decode()


def test_people_in_the_log_are_named_to_those_who_may_see_accounts(make, office):
    with transaction.atomic():
        record("vn.dothi.test.happened", subject="x", data={}, actor=office.account.reference)
    assert ">Binh<" in office.get("/admin/events/").content.decode()
    assert ">Binh<" not in make("an", "data-steward").get("/admin/events/").content.decode()
