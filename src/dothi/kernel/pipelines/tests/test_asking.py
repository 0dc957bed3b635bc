"""Who may do what, over actions, HTTP and commands; what the worker does by itself; what others are told."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pyarrow as pa
import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient
from typer.testing import CliRunner

from dothi.core import clock
from dothi.core.errors import BadInput, Conflict, DothiError, Forbidden, NotFound, Unavailable
from dothi.kernel.events import consumers
from dothi.kernel.events.log import Event
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.pipelines import actions, builders, forwarding, life, queries, scheduling
from dothi.kernel.pipelines.api import router
from dothi.kernel.pipelines.models import FlowState, Run
from dothi.kernel.pipelines.runner import PipelineRunner, work_off
from dothi.kernel.pipelines.tests.conftest import dataset, source
from dothi.kernel.pipelines.tests.servers import Reply, serving

pytestmark = pytest.mark.usefixtures("lake")


@builders.builder("test-one")
def one(building: builders.Building) -> pa.Table:
    return pa.table({"n": [1]})


def someone(*patterns: str, unit: str | None = None) -> Actor:
    return Actor("account", "1", "An", tuple(Grant(pattern, unit) for pattern in patterns))


@pytest.fixture(autouse=True)
def flows(install):
    install(
        datasets__ones=dataset("ones", {"n": "integer"}, "unit: '26734'"),
        sources__ones=source("ones", "ones", "schedule: once", "builder: {name: test-one}"),
    )


ASKED = [
    (lambda by: actions.run_source("ones", by=by), "pipelines.run"),
    (lambda by: actions.cancel(actions.run_source("ones", by=SYSTEM), by=by), "pipelines.run"),
    (lambda by: actions.switch("ones", on=False, by=by), "pipelines.manage"),
]


@pytest.mark.parametrize(("ask", "permission"), ASKED)
def test_only_those_who_may_and_only_in_their_unit(ask, permission) -> None:
    for actor in (ANONYMOUS, someone(), someone("pipelines.read"), someone(permission, unit="99999")):
        with pytest.raises(DothiError) as refused:
            ask(actor)
        assert refused.value.status in (401, 403)
    ask(someone(permission, unit="26734"))


def test_deciding_is_for_those_who_manage() -> None:
    run = actions.run_source("ones", by=SYSTEM)
    with pytest.raises(Conflict):
        actions.decide(run, "add", by=SYSTEM)
    Run.objects.filter(pk=run.pk).update(state=Run.WAITING)
    with pytest.raises(Forbidden):
        actions.decide(run, "add", by=someone("pipelines.run"))
    assert actions.decide(run, "add", by=someone("pipelines.manage")).decision == "add"


def test_runs_are_seen_by_those_of_the_unit() -> None:
    done = work_off(actions.run_source("ones", by=SYSTEM))
    assert [each.key for each in queries.flows(by=someone("pipelines.read", unit="26734"))] == ["ones"]
    assert queries.flows(by=someone("pipelines.read", unit="1")) == []
    assert queries.runs(by=someone()) == []
    with pytest.raises(NotFound):
        queries.run(done.pk, by=someone("pipelines.read", unit="1"))
    assert queries.flow_of("ones").last.pk == done.pk


@pytest.fixture(scope="module")
def client():
    api = NinjaAPI(urls_namespace="pipelines-test")
    api.add_router("/pipelines", router)
    api.add_exception_handler(
        DothiError, lambda request, error: api.create_response(request, {}, status=error.status)
    )
    return TestClient(api)


@pytest.fixture
def ask(client, monkeypatch):
    def send(method: str, path: str, actor: Actor = SYSTEM, **more):
        monkeypatch.setattr("dothi.kernel.pipelines.api.actor_of", lambda request: actor)
        answer = getattr(client, method)(f"/pipelines{path}", user=SimpleNamespace(), **more)
        return answer.status_code, answer.json()

    return send


def test_a_run_over_http_from_asking_to_its_log(ask) -> None:
    status, run = ask("post", "/sources/ones/run", json={})
    assert (status, run["state"]) == (200, "queued")
    work_off(Run.objects.get(pk=run["id"]))
    status, found = ask("get", f"/runs/{run['id']}")
    assert (status, found["state"], found["rows_written"], found["version"]) == (200, "succeeded", 1, 1)
    assert [step["name"] for step in found["steps"]] == ["read", "load"]
    assert ask("get", "")[1][0]["last"]["id"] == run["id"]
    assert [each["id"] for each in ask("get", "/runs?key=ones")[1]] == [run["id"]]
    assert ask("get", "/lineage?dataset=ones&columns=true")[1]["links"][0]["columns"] == [
        ["n", "n", "identity"]
    ]
    assert ask("get", "/quality/ones")[1]["scores"][0]["passed"] is True
    assert ask("get", "/quality/none")[0] == 404
    assert ask("post", f"/runs/{run['id']}/retry")[0] == 409
    assert ask("post", f"/runs/{run['id']}/cancel")[0] == 409
    assert ask("post", f"/runs/{run['id']}/decide", json={"choice": "add"})[0] == 409
    assert ask("post", "/sources/ones/switch", json={"on": False})[1]["enabled"] is False
    assert ask("post", "/pipelines/none/run", json={})[0] == 404


@pytest.mark.parametrize("path", ["", "/runs", "/lineage", "/quality/ones"])
def test_strangers_are_refused_over_http(path, ask) -> None:
    assert ask("get", path, ANONYMOUS)[0] == 403


def test_what_has_never_run_is_due_once() -> None:
    (run,) = scheduling.enqueue_due()
    assert run.trigger == "schedule"
    assert scheduling.enqueue_due() == []
    work_off(run)
    assert scheduling.enqueue_due() == []


def test_a_cron_schedule_comes_round(install) -> None:
    install(sources__ones=source("ones", "ones", 'schedule: "0 2 * * *"', "builder: {name: test-one}"))
    work_off(scheduling.enqueue_due()[0])
    assert scheduling.enqueue_due() == []
    due = FlowState.objects.get().next_run_at
    with clock.frozen(due + timedelta(seconds=1)):
        assert len(scheduling.enqueue_due()) == 1


def test_what_is_held_does_not_run_by_itself() -> None:
    actions.switch("ones", on=False, by=SYSTEM)
    assert scheduling.enqueue_due() == []
    actions.switch("ones", on=True, by=SYSTEM)
    assert len(scheduling.enqueue_due()) == 1


def test_the_worker_runs_what_is_due_and_stops_when_told() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=PipelineRunner(stop).run)
    thread.start()
    try:
        for _ in range(300):
            if Run.objects.filter(state=Run.SUCCEEDED).exists():
                break
            time.sleep(0.1)
    finally:
        stop.set()
        thread.join(timeout=30)
    assert not thread.is_alive()
    assert list(Run.objects.values_list("key", "state")) == [("ones", "succeeded")]


def test_a_run_of_a_dead_process_is_taken_up() -> None:
    asked = actions.run_source("ones", by=SYSTEM)
    taken = life.take("elsewhere:1:x", asked)
    assert life.put_back() == 0
    Run.objects.filter(pk=taken.pk).update(leased_until=clock.now() - timedelta(seconds=1))
    assert life.put_back() == 1
    assert work_off(Run.objects.get(pk=asked.pk)).state == Run.SUCCEEDED


def event(**data) -> Event:
    at = clock.now()
    return Event(
        id="1",
        type="vn.dothi.pipelines.run-started",
        source="s",
        subject="r",
        time=at,
        data=data,
        position="0",
    )


def test_lineage_tools_are_sent_the_events() -> None:
    answers = iter([Reply(status=201), Reply(status=503), Reply(status=400)])
    with serving(lambda asked: next(answers)) as server:
        forwarding.send(server.url, event(eventType="START"))
        assert json.loads(server.asked[0].body) == {"eventType": "START"}
        with pytest.raises(Unavailable):
            forwarding.send(server.url, event())
        with pytest.raises(BadInput):
            forwarding.send(server.url, event())
    with pytest.raises(Unavailable):
        forwarding.send(server.url, event())


def test_events_are_sent_only_where_an_address_is_set() -> None:
    forwarding.declare("http://127.0.0.1:9/lineage")
    assert forwarding.NAME in consumers.consumers()
    forwarding.declare("")
    assert forwarding.NAME not in consumers.consumers()


@pytest.fixture
def command(monkeypatch):
    from contextlib import nullcontext

    from dothi.cli import pipelines as commands

    monkeypatch.setattr(commands, "platform", nullcontext)
    monkeypatch.setattr(commands.signal, "signal", lambda *_: None)
    return lambda *words: CliRunner().invoke(commands.app, list(words))


def test_commands_run_and_tell(command) -> None:
    ran = command("run", "ones", "--json")
    assert ran.exit_code == 0, ran.output
    (told,) = json.loads(ran.stdout)
    assert (told["state"], told["rows_written"]) == ("succeeded", 1)
    assert json.loads(command("list", "--json").stdout)[0]["last"] == "succeeded"
    assert json.loads(command("status", "ones", "--json").stdout)[0]["version"] == 1
    assert command("run", "ones", "--downstream").exit_code == 0
    assert "ones" in command("list").stdout
    assert "succeeded" in command("status").stdout
