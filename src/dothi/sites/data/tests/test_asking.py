"""What readers bring: requests, reports, reuses, subscriptions; and the officers who answer."""

import re
from dataclasses import replace

import pytest

from dothi.centres.opendata.models import DataRequest, ErrorReport, Reuse, Subscription
from dothi.core.config import current

pytestmark = pytest.mark.django_db(transaction=True)
WISH = {
    "title": "Số liệu ngập",
    "text": "Điểm ngập theo giờ trong năm 2026.",
    "email": "an@example.vn",
    "website": "",
}
MADE = {
    "title": "Bản đồ cây", "text": "Cho thấy cây quanh nhà bạn.", "url": "https://cay.example.vn", "kind": "application",
    "author": "Nhóm Cây", "website": "",
}  # fmt: skip


def test_a_request_is_shown_and_who_asked_is_not(reader, read):
    reader.post("/data/requests/", WISH)
    answer = reader.get("/data/requests/")
    assert "Số liệu ngập" in read(answer)
    assert "an@example.vn" not in answer.content.decode()
    made = DataRequest.objects.get()
    page = reader.get(f"/data/requests/{made.pk}/")
    assert "Chưa trả lời" in read(page)
    assert "an@example.vn" not in page.content.decode()


def test_a_request_that_says_nothing_is_given_back(reader, read):
    answer = reader.post("/data/requests/", {"title": "a", "text": "b"})
    assert answer.status_code == 400
    assert DataRequest.objects.count() == 0


def test_a_program_that_fills_every_field_is_refused(reader):
    assert reader.post("/data/requests/", WISH | {"website": "x"}).status_code == 400
    assert DataRequest.objects.count() == 0


def test_requests_are_searched_without_marks(reader, read):
    reader.post("/data/requests/", WISH)
    assert "Số liệu ngập" in read(reader.get("/data/requests/?q=so+lieu"))
    assert "Không có yêu cầu phù hợp" in read(reader.get("/data/requests/?q=bitcoin"))


def test_wanting_it_too_asks_to_sign_in_and_counts_once(reader, make):
    reader.post("/data/requests/", WISH)
    made = DataRequest.objects.get()
    assert reader.post(f"/data/requests/{made.pk}/support/").status_code == 302
    someone = make("an")
    for _ in range(2):
        someone.post(f"/data/requests/{made.pk}/support/")
    made.refresh_from_db()
    assert made.supporters == 1


def test_an_error_is_reported_for_a_column(trees, reader, read):
    report = {"column": "height_m", "row": "7", "text": "Cây số 7 không cao như vậy.", "website": ""}
    answer = reader.post(f"/data/{trees.key}/report/", report, follow=True)
    assert ErrorReport.objects.get().column == "height_m"
    text = read(answer)
    assert "Nơi công bố đã nhận báo lỗi" in text
    assert answer.redirect_chain[-1][0].startswith("/c/track/DL-")
    assert "?k=" not in answer.redirect_chain[-1][0]
    assert "Đã nhận" in text


def test_a_report_about_a_column_there_is_not_is_given_back(trees, reader):
    answer = reader.post(
        f"/data/{trees.key}/report/", {"column": "keeper", "text": "Không đúng đâu nhé.", "website": ""}
    )
    assert answer.status_code == 400


def test_what_was_made_waits_to_be_looked_at(trees, reader, read, make):
    reader.post("/data/reuses/new/", MADE | {"datasets": [trees.key]})
    assert "Bản đồ cây" not in read(reader.get("/data/reuses/"))
    officer = make("binh", "administrator")
    assert "Bản đồ cây" in read(officer.get("/data/workshop/inbox/"))
    officer.post(f"/data/workshop/inbox/reuse/{Reuse.objects.get().pk}/", {"verdict": "show", "reason": ""})
    text = read(reader.get("/data/reuses/"))
    assert "Bản đồ cây" in text
    assert "Cây xanh đường phố" in text
    assert "Bản đồ cây" in read(reader.get(f"/data/{trees.key}/"))


def test_hiding_a_reuse_needs_a_reason(trees, reader, make):
    reader.post("/data/reuses/new/", MADE | {"datasets": [trees.key]})
    made = Reuse.objects.get()
    answer = make("binh", "administrator").post(
        f"/data/workshop/inbox/reuse/{made.pk}/", {"verdict": "hide", "reason": ""}
    )
    assert answer.status_code == 400
    made.refresh_from_db()
    assert made.state == "proposed"


@pytest.fixture
def letters(monkeypatch):
    """An installation with a mail server."""
    monkeypatch.setattr("dothi.centres.opendata.channels.email.channel.EmailChannel.ready", lambda self: True)


def test_without_a_mail_server_the_form_says_so(trees, reader, read):
    text = read(reader.get(f"/data/{trees.key}/follow/"))
    assert "chưa gửi được thư" in text
    assert "Bằng thư điện tử" not in text


def test_following_by_letter_waits_for_agreement(trees, reader, read, letters):
    answer = reader.post(
        f"/data/{trees.key}/follow/", {"via": "email", "address": "an@example.vn", "website": ""}
    )
    assert "Chúng tôi đã gửi thư" in read(answer)
    assert Subscription.objects.get().state == "unconfirmed"


def test_a_webhook_is_for_people_signed_in(trees, reader, read):
    given = {"via": "webhook", "address": "https://example.vn/hook", "website": ""}
    answer = reader.post(f"/data/{trees.key}/follow/", given)
    assert answer.status_code == 400
    assert Subscription.objects.count() == 0


def test_one_sees_and_ends_what_one_follows(trees, make, read, letters):
    someone = make("an")
    someone.post(f"/data/{trees.key}/follow/", {"via": "email", "address": "an@example.vn", "website": ""})
    assert "Cây xanh đường phố" in read(someone.get("/data/subscriptions/"))
    other = make("binh")
    assert other.post(f"/data/subscriptions/{Subscription.objects.get().pk}/end/").status_code == 404
    someone.post(f"/data/subscriptions/{Subscription.objects.get().pk}/end/")
    assert "Bạn chưa theo dõi gì" in read(someone.get("/data/subscriptions/"))


def test_an_officer_answers_and_everybody_reads_it(trees, reader, read, make):
    reader.post("/data/requests/", WISH)
    made, officer = DataRequest.objects.get(), make("binh", "administrator")
    answer = {"state": "answered", "answer": "Đã có, mời bạn xem.", "dataset": trees.key}
    officer.post(f"/data/workshop/inbox/request/{made.pk}/", answer)
    text = read(reader.get(f"/data/requests/{made.pk}/"))
    assert "Đã có, mời bạn xem." in text
    assert "Cây xanh đường phố" in text
    assert "Không có gì chờ bạn" in read(officer.get("/data/workshop/inbox/"))


def test_a_report_is_mended_in_a_version(trees, reader, make, read):
    reader.post(f"/data/{trees.key}/report/", {"text": "Cây số 7 không cao như vậy.", "website": ""})
    made, officer = ErrorReport.objects.get(), make("binh", "administrator")
    officer.post(f"/data/workshop/inbox/report/{made.pk}/", {"state": "confirmed", "answer": ""})
    assert "1 lỗi đã biết" in read(reader.get(f"/data/{trees.key}/"))
    officer.post(
        f"/data/workshop/inbox/report/{made.pk}/", {"state": "mended", "answer": "Đã sửa.", "mended_in": "2"}
    )
    made.refresh_from_db()
    assert (made.state, made.mended_in) == ("mended", 2)


@pytest.mark.parametrize(
    "path", ["/data/workshop/", "/data/workshop/flows/", "/data/workshop/gates/", "/data/workshop/inbox/"]
)
def test_strangers_sign_in_and_who_has_no_role_sees_nothing(reader, make, path):
    assert reader.get(path).status_code == 302
    assert make("an").get(path).status_code == 403


def test_forms_are_counted_by_the_readers_quota(reader, monkeypatch, read):
    few = replace(current(), open_anonymous=1)
    monkeypatch.setattr("dothi.centres.opendata.quota.current", lambda: few)
    answers = [reader.post("/data/requests/", WISH | {"title": f"Số liệu {i}"}) for i in range(3)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_form_without_its_proof_is_refused(quick):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/data/requests/", WISH).status_code == 403


def test_the_link_to_the_workshop_is_for_those_who_work_there(reader, make):
    assert "/data/workshop/" not in reader.get("/data/").content.decode()
    assert re.search(r'href="/data/workshop/', make("binh", "data-owner").get("/data/").content.decode())


def test_the_owner_reads_who_sent_it_and_the_case_at_the_desk(trees, reader, make, read):
    reader.post(
        f"/data/{trees.key}/report/",
        {"text": "Cây số 7 không cao như vậy.", "email": "me@example.vn", "website": ""},
    )
    made = ErrorReport.objects.get()
    owner = make("binh", "data-owner")
    answer = owner.get(f"/data/workshop/inbox/report/{made.pk}/")
    assert "me@example.vn" in read(answer)
    code = re.search(r"/desk/cases/(DL-[0-9-]+)/", answer.content.decode())[1]
    assert "Cây số 7 không cao như vậy." in read(owner.get(f"/desk/cases/{code}/"))
    assert code in read(owner.get("/desk/?procedure=data-error-report"))


def test_an_answer_without_words_is_given_back(trees, reader, make):
    reader.post(f"/data/{trees.key}/report/", {"text": "Cây số 7 không cao như vậy.", "website": ""})
    made = ErrorReport.objects.get()
    answer = make("binh", "data-owner").post(
        f"/data/workshop/inbox/report/{made.pk}/", {"state": "declined", "answer": ""}
    )
    assert answer.status_code == 400
    made.refresh_from_db()
    assert made.state == "received"
