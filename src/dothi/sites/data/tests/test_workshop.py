"""The workshop: publication by two people, sources and their runs, gates that stopped a version."""

import re

import pytest

from dothi.centres.opendata.models import Publication
from dothi.core.clock import now
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs import queries as packs
from dothi.kernel.pipelines import life
from dothi.kernel.pipelines.models import QualityResult, QualityScore, Run, RunLine, RunStep
from dothi.kernel.warehouse import actions as warehouse

pytestmark = pytest.mark.django_db(transaction=True)


def move(browser, key, name, **given):
    return browser.post(f"/data/workshop/publications/{key}/{name}/", given, follow=True)


@pytest.fixture
def draft(quick, declared, rows):
    """Loaded, not yet submitted."""
    dataset = declared()
    warehouse.load(dataset, rows(), by=SYSTEM)
    return dataset


def test_a_dataset_is_published_by_two_people(draft, make, reader, read):
    clerk, owner = make("an", "data-publisher"), make("binh", "data-owner")
    assert "bạn có thể đề nghị" in read(clerk.get("/data/workshop/"))
    move(clerk, draft.key, "submit", text="Đã xem", **{"accept:species:name": "tên loài cây"})
    assert Publication.objects.get(pk=draft.key).state == "approval"
    own = read(clerk.get(f"/data/workshop/publications/{draft.key}/"))
    assert "Bạn đã đề nghị: người khác duyệt." in own
    assert "chờ bạn duyệt" in read(owner.get("/data/workshop/"))
    move(owner, draft.key, "approve")
    move(clerk, draft.key, "publish")
    assert reader.get(f"/data/{draft.key}/").status_code == 200
    page = read(owner.get(f"/data/workshop/publications/{draft.key}/"))
    assert "Chờ duyệt → Đã công bố · An" in page
    assert "keeper" in page


def test_nobody_approves_what_they_submitted_themselves(draft, make, read):
    both = make("an", "administrator")
    move(both, draft.key, "submit", **{"accept:species:name": "tên loài cây"})
    assert "Không ai tự duyệt" in read(move(both, draft.key, "approve"))
    assert not Publication.objects.get(pk=draft.key).approved_at


@pytest.mark.parametrize("name", ["return", "withdraw"])
def test_taking_away_needs_a_reason(trees, make, name):
    owner = make("binh", "data-owner")
    answer = owner.post(f"/data/workshop/publications/{trees.key}/{name}/", {"reason": " "})
    assert answer.status_code == 400
    assert Publication.objects.get(pk=trees.key).state == "published"


def test_a_dataset_is_withdrawn_with_its_reason_for_all_to_read(trees, make, reader, read):
    move(make("binh", "data-owner"), trees.key, "withdraw", reason="Số đo sai.")
    answer = reader.get(f"/data/{trees.key}/")
    assert answer.status_code == 410
    assert "Số đo sai." in read(answer)


def test_what_follows_is_linked_from_where_it_was(trees, make, reader, declared, published, rows, read):
    newer = declared(title={"vi": "Cây mới", "en": "New trees"})
    warehouse.load(newer, rows(10), by=SYSTEM)
    published(newer)
    move(make("binh", "data-owner"), trees.key, "supersede", reason="Có bản mới.", successor=newer.key)
    answer = reader.get(f"/data/{trees.key}/")
    assert f'href="/data/{newer.key}/"' in answer.content.decode()


def test_what_the_screening_finds_is_shown_masked(quick, make, declared, read):
    import pyarrow as pa

    columns = [{"name": "phone", "type": "string", "label": {"vi": "Điện thoại", "en": "Phone"}}]
    dataset = declared(columns=columns, key_columns=[])
    phones = [f"09{i:08d}" for i in range(12345678, 12345698)]
    warehouse.load(dataset, pa.table({"phone": phones}), by=SYSTEM)
    clerk = make("an", "data-publisher")
    answer = move(clerk, dataset.key, "submit")
    text = read(answer)
    assert "Rà soát đã chặn" in text
    assert "chặn phone" in text
    assert phones[0] not in answer.content.decode()


def test_a_unit_s_clerk_does_not_see_the_city_s_datasets(draft, quick, make):
    browser = make("an", "operator")
    assert browser.get("/data/workshop/").status_code == 403
    assert browser.get(f"/data/workshop/publications/{draft.key}/").status_code == 403


@pytest.mark.parametrize("name", ["submit", "approve", "publish", "withdraw"])
def test_steps_are_not_taken_by_links_nor_by_strangers(trees, reader, make, name):
    address = f"/data/workshop/publications/{trees.key}/{name}/"
    assert make("binh", "data-owner").get(address).status_code == 405
    assert reader.post(address).status_code == 302
    assert Publication.objects.get(pk=trees.key).state == "published"


def test_a_step_there_is_not_is_refused(trees, make):
    assert move(make("binh", "data-owner"), trees.key, "shred").status_code == 404


@pytest.fixture
def source(quick):
    """A source of the shipped packs."""
    return next(iter(packs.sources().values()))


@pytest.fixture
def failed(source):
    """A run of it that failed, with a step and a log."""
    run = life.enqueue(source, trigger="manual", by="system")
    Run.objects.filter(pk=run.pk).update(
        state="failed", error_code="drift", error_vi="Nguồn đổi cột.", error_en="The source changed.", started_at=now(),
        ended_at=now(), drift={"added": ["colour"]},
    )  # fmt: skip
    RunStep.objects.create(run=run, name="read", state="failed", started_at=now(), ended_at=now(), rows=7)
    RunLine.objects.create(run=run, level="error", vi="Đọc không được.", en="Could not read.")
    return run


def test_sources_are_listed_and_drawn(failed, source, make, read):
    answer = make("binh", "administrator").get("/data/workshop/flows/")
    text = read(answer)
    assert "Dòng chảy dữ liệu" in text
    assert source.label.vi in text
    assert 'class="graph"' in answer.content.decode()
    assert "Nguồn đổi cột." in text


def test_a_run_tells_its_steps_its_log_and_why_it_failed(failed, make, read):
    text = read(make("binh", "administrator").get(f"/data/workshop/runs/{failed.pk}/"))
    for part in ("thất bại", "Nguồn đổi cột.", "colour", "Đọc không được.", "Chạy lại"):
        assert part in text


def test_a_run_that_failed_is_run_again(failed, make):
    answer = make("binh", "administrator").post(f"/data/workshop/runs/{failed.pk}/retry/")
    again = Run.objects.exclude(pk=failed.pk).get()
    assert (again.state, answer.url) == ("queued", f"/data/workshop/runs/{again.pk}/")


def test_a_run_that_waits_is_decided_about(failed, make):
    Run.objects.filter(pk=failed.pk).update(state="waiting", ended_at=None)
    browser = make("binh", "administrator")
    assert "Nhận các cột mới" in browser.get(f"/data/workshop/runs/{failed.pk}/").content.decode()
    browser.post(f"/data/workshop/runs/{failed.pk}/add/", {"reason": "đúng"})
    failed.refresh_from_db()
    assert (failed.state, failed.decision) == ("queued", "add")


def test_a_run_is_stopped(failed, make):
    Run.objects.filter(pk=failed.pk).update(state="queued", ended_at=None)
    make("binh", "administrator").post(f"/data/workshop/runs/{failed.pk}/cancel/")
    failed.refresh_from_db()
    assert failed.state == "cancelled"


def test_a_source_is_run_and_its_schedule_held(source, make, read):
    browser, address = make("binh", "administrator"), f"/data/workshop/flows/source/{source.key}/"
    browser.post(f"{address}run/")
    assert Run.objects.get().key == source.key
    browser.post(f"{address}hold/")
    assert "tạm giữ" in read(browser.get(address))
    browser.post(f"{address}resume/")
    assert "Tạm giữ lịch" in read(browser.get(address))


def test_a_run_under_way_shows_how_far_it_is(failed, make):
    Run.objects.filter(pk=failed.pk).update(state="running", done=30, total=120, ended_at=None)
    page = make("binh", "administrator").get(f"/data/workshop/runs/{failed.pk}/").content.decode()
    assert re.search(r'<progress max="100" value="25"', page)


def test_who_may_only_look_cannot_run(source, make):
    owner = make("binh", "data-owner")
    assert owner.post(f"/data/workshop/flows/source/{source.key}/run/").status_code == 403
    assert Run.objects.count() == 0


@pytest.mark.parametrize(
    "path", ["flows/source/none/", "flows/film/none/", "runs/01a204ea-955b-7432-86de-d0627071f038/"]
)
def test_what_is_not_there_is_said_so(quick, make, path):
    assert make("binh", "administrator").get(f"/data/workshop/{path}").status_code == 404


def test_a_gate_that_stopped_a_version_says_why(trees, make, read):
    score = QualityScore.objects.create(dataset=trees.key, version=2, passed=False, score=61.5, rows=120)
    QualityResult.objects.create(
        score=score, check_key="range", kind="range", severity="error", passed=False, rows=120, failed=46,
        label_vi="Chiều cao từ 0 đến 50", label_en="Height from 0 to 50", why_vi="46 dòng ngoài khoảng", why_en="46 rows",
        samples=[{"height_m": 999}],
    )  # fmt: skip
    text = read(make("binh", "data-owner").get("/data/workshop/gates/"))
    for part in ("phiên bản 2 bị chặn", "phiên bản 1 đang phục vụ", "46 dòng ngoài khoảng", "999"):
        assert part in text


def test_without_a_stopped_version_the_page_says_so(quick, make, read):
    assert "Chưa cổng nào chặn gì" in read(make("binh", "data-owner").get("/data/workshop/gates/"))


@pytest.mark.parametrize(
    ("sql", "status", "said"),
    [
        ("SELECT species, count(*) AS n FROM {t} GROUP BY 1 ORDER BY 1", 200, "Dầu rái"),
        ("DROP TABLE {t}", 400, "Viết một câu SELECT"),
        ("SELECT nope FROM {t}", 400, "So tên với các cột"),
        ("SELECT * FROM no_such_table", 404, "Gọi tập dữ liệu bằng mã"),
        ("SELECT keeper FROM {t}", 400, ""),
        ("SELECT * FROM read_csv('/etc/passwd')", 400, "Viết một câu SELECT"),
    ],
)
def test_sql_is_answered_or_explained(trees, reader, read, sql, status, said):
    answer = reader.post("/data/sql/", {"sql": sql.format(t=trees.key.replace("-", "_"))})
    assert answer.status_code == status
    assert said in read(answer)
    assert "root:" not in answer.content.decode()


def test_a_link_to_a_query_fills_it_in_and_does_not_run_it(trees, reader, read):
    page = reader.get("/data/sql/?sql=SELECT+42").content.decode()
    assert "SELECT 42</textarea>" in page
    assert 'id="answer"' not in page
