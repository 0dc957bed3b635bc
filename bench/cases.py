"""Cases: durable transitions and creations, an officer's lists over many cases, a burst, clocks planned anew.

    python bench/cases.py [--cases 1000000] [--url postgresql://…] [--seconds 5] [--clocks 100000] [--skip-spiff]

Every command goes through the engine and is durable when it counts. Beside it in the same run and database: SpiffWorkflow
with load and save at each step, and a bare UPDATE of one row a transaction. Generated cases say that they are simulated.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNITS = [str(26734 + 3 * n) for n in range(168)]
ORGANISATIONS = [f"H29.{n}" for n in range(1, 61)]
WORDS = [
    "nắp",
    "cống",
    "vỡ",
    "đèn",
    "đường",
    "hỏng",
    "rác",
    "chưa",
    "thu",
    "gom",
    "cây",
    "đổ",
    "chắn",
    "lối",
    "ngập",
    "nước",
    "hẻm",
    "sụt",
    "lún",
    "vỉa",
    "hè",
    "dây",
    "điện",
]
SEED, CALLERS = 7, 32


def label(text: str) -> dict[str, str]:
    return {"vi": text, "en": text}


def field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label(key), **more}


PROCEDURE = {
    "key": "bench-report", "kind": "report", "label": label("report"), "version": 1, "sector": "hotline",
    "roles": {"operator": {"label": label("operator")}},
    "forms": {
        "report": {"label": label("report"), "pages": [{"key": "what", "label": label("what"), "fields": [
            field("what", required=True, sensitivity="open"), field("where", sensitivity="open"),
            field("name"), field("phone"), field("count", type="integer", min=0),
        ]}]},
        "answer": {"label": label("answer"), "pages": [{"key": "a", "label": label("a"), "fields": [
            field("answer", required=True, sensitivity="open")]}]},
    },
    "start": {"state": "new", "form": "report", "role": ["operator", "anyone"]},
    "clocks": {
        "dispatch": {"allowance": "5 minutes", "label": label("d"), "starts_on": ["new"], "stops_on": ["working"],
                     "public": False},
        "answer": {"allowance": "5 working days", "label": label("a"), "starts_on": ["new"], "stops_on": ["done"]},
    },
    "states": {
        "new": {"label": label("new"), "actions": {
            "dispatch": {"label": label("d"), "to": "working", "role": "operator"}}},
        "working": {"label": label("working"), "actions": {
            "hold": {"label": label("h"), "role": "operator", "pauses": ["answer"], "to": "held"},
            "answer": {"label": label("a"), "to": "done", "role": "operator", "form": "answer"},
            "back": {"label": label("b"), "to": "new", "role": "operator", "guard": "data.count >= 0"}}},
        "held": {"label": label("held"), "phase": "waiting", "actions": {
            "go-on": {"label": label("g"), "to": "working", "role": "operator", "resumes": ["answer"]}}},
        "done": {"label": label("done"), "phase": "done", "outcome": "answered", "actions": {
            "reopen": {"label": label("r"), "to": "working", "role": "operator"}}},
    },
}  # fmt: skip
CYCLE = ("dispatch", "hold", "go-on", "back")  # any number of times, as many with a clock as without


def rate(name: str, count: int, seconds: float, waits: list[float], goal: str) -> None:
    waits.sort()
    p50 = waits[len(waits) // 2] * 1000 if waits else 0
    p99 = waits[int(len(waits) * 0.99)] * 1000 if waits else 0
    print(f"| {name} | {count / seconds:,.0f}/s | {p50:.1f} | {p99:.1f} | {goal} |", flush=True)


class Bench:
    """One database and the process's writer."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.pick = random.Random(SEED)

    def start(self) -> None:
        import msgspec
        from django.core.management import call_command

        from dothi.kernel.cases import definitions, group
        from dothi.kernel.packs.procedures import Procedure
        from dothi.serve import wiring

        call_command("migrate", verbosity=0)
        wiring.configure()
        group.committer()
        time.sleep(3)  # its calendar is made ready meanwhile
        definitions.use([msgspec.convert(PROCEDURE, Procedure)])

    def order(self, **more: Any) -> Any:
        from dothi.kernel.cases.commands import Open
        from dothi.kernel.identity.access import SYSTEM

        pick = self.pick
        data = {"what": " ".join(pick.choices(WORDS, k=8)), "where": f"{pick.randrange(400)} đường số {pick.randrange(60)}",
                "name": "Người Mô Phỏng", "phone": "0900000000", "count": 1}  # fmt: skip
        return Open(
            procedure="bench-report", data=data, by=SYSTEM, unit=pick.choice(UNITS), organisation=pick.choice(ORGANISATIONS),
            applicant="simulated:1", position=(pick.uniform(106.6, 106.8), pick.uniform(10.7, 10.9)), simulated=True, **more,
        )  # fmt: skip

    # -- commands

    def batches(self) -> list[Any]:
        from dothi.kernel.cases.actions import perform
        from dothi.kernel.cases.commands import Act
        from dothi.kernel.identity.access import SYSTEM

        made: list[Any] = []
        waits, started = [], time.perf_counter()
        while time.perf_counter() - started < self.options.seconds:
            one = time.perf_counter()
            made += perform([self.order() for _ in range(100)])
            waits.append(time.perf_counter() - one)
        rate("create, batches of 100, one caller", len(made), time.perf_counter() - started, waits, "500")
        waits, done, started, step = [], 0, time.perf_counter(), 0
        while time.perf_counter() - started < self.options.seconds:
            for start in range(0, len(made) - 100, 100):
                one = time.perf_counter()
                action = CYCLE[step % 4]
                found = perform(
                    [Act(case=each.id, action=action, by=SYSTEM) for each in made[start : start + 100]]
                )
                assert all(hasattr(each, "rev") for each in found), found[:1]
                waits.append(time.perf_counter() - one)
                done += 100
            step += 1
        rate("transition, batches of 100, one caller", done, time.perf_counter() - started, waits, "1,000")
        while step % 4:
            perform([Act(case=each.id, action=CYCLE[step % 4], by=SYSTEM) for each in made])
            step += 1
        return made

    def callers(self, name: str, goal: str, work: Callable[[int, int], Any]) -> None:
        waits: list[float] = []
        ending = time.perf_counter() + self.options.seconds

        def run(number: int) -> None:
            turn = 0
            while time.perf_counter() < ending:
                one = time.perf_counter()
                work(number, turn)
                waits.append(time.perf_counter() - one)
                turn += 1

        threads = [threading.Thread(target=run, args=(number,)) for number in range(CALLERS)]
        started = time.perf_counter()
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        rate(name, len(waits), time.perf_counter() - started, waits, goal)

    def singles(self, made: list[Any]) -> None:
        from dothi.kernel.cases import actions
        from dothi.kernel.identity.access import SYSTEM

        self.callers(
            f"create, {CALLERS} callers", "500, p99 < 50", lambda n, t: actions.perform([self.order()])
        )
        self.callers(
            f"transition, {CALLERS} callers", "1,000, p99 < 50",
            lambda n, t: actions.act(made[n].id, CYCLE[t % 4], by=SYSTEM),
        )  # fmt: skip

    def burst(self, made: list[Any]) -> None:
        from dothi.kernel.cases import group
        from dothi.kernel.cases.commands import Act
        from dothi.kernel.identity.access import SYSTEM

        cases = made[CALLERS : CALLERS + 2500]
        committer, futures = group.committer(), []
        started = time.perf_counter()
        for action in CYCLE:
            futures += [committer.submit([Act(case=each.id, action=action, by=SYSTEM)]) for each in cases]
        results = [future.result()[0] for future in futures]
        seconds = time.perf_counter() - started
        errors = sum(not hasattr(each, "rev") for each in results)
        print(f"| burst of {len(results):,} transitions at once | {len(results) / seconds:,.0f}/s | errors {errors} |"
              f" drained in {seconds:.1f} s | < 60 s |", flush=True)  # fmt: skip

    # -- many cases

    def filled(self) -> bool:
        """Whether the database was filled by an earlier run."""
        from dothi.engines import registry

        with registry.store("city").read() as session:
            return bool(session.query("SELECT 1 FROM cases_case WHERE code = 'S-999999999'"))

    def fill(self, count: int) -> None:
        """Cases by the hundred thousand: rows of a few real ones with other codes, places and times."""
        from dothi.core.ids import uuid7s
        from dothi.engines import registry
        from dothi.kernel.cases import rows, seal, words
        from dothi.kernel.cases.models import NEVER

        pick, store = self.pick, registry.store("city")
        with store.read() as session:
            (template,) = session.query(
                f"SELECT {rows.names(rows.CASE)} FROM cases_case ORDER BY num LIMIT 1"
            )
            ((first,),) = session.query("SELECT max(num) FROM cases_case")
        now, started = time.time_ns() // 1000, time.perf_counter()
        for start in range(0, count, 20_000):
            size = min(20_000, count - start)
            cases, texts, places = [], [], []
            for n, id in enumerate(uuid7s(size)):
                num = first + 1 + start + n
                open_ = pick.random() < 0.02
                unit, organisation = pick.choice(UNITS), pick.choice(ORGANISATIONS)
                opened = now - int(pick.random() * (30 if open_ else 1500) * 86_400_000_000)
                lon, lat = pick.uniform(106.5, 106.9), pick.uniform(10.6, 11.0)
                row = list(template)
                row[0], row[1], row[2] = num, str(id), f"S-{num:09d}"
                row[6], row[7], row[8] = ("working", "open", "") if open_ else ("done", "done", "answered")
                row[10], row[11], row[12] = (
                    unit,
                    organisation,
                    f"account:{pick.randrange(2000)}" if open_ else "",
                )
                row[17], row[18], row[19] = opened, opened, None if open_ else opened + 1
                row[20] = opened + int(7 * 86_400_000_000 * pick.random()) if open_ else NEVER
                row[21], row[22], row[25], row[26] = NEVER, NEVER, lon, lat
                cases.append(tuple(row))
                text = words.words([" ".join(pick.choices(WORDS, k=8)), row[2]], ["Người Mô Phỏng"])
                marks = words.marks(
                    open=open_, unit=unit, organisation=organisation, kind="report", procedure="bench-report"
                )
                texts.append((num, text, marks))
                places.append((num, lon, lat, opened, "report", int(open_)))
            with store.write() as session:
                session.write_rows(rows.CASE, cases)
                session.write_rows(rows.TEXT, texts)
                session.write_rows(rows.PLACE, places)
                if store.dialect == "sqlite":
                    seal.fill(session, cases[0][0], cases[-1][0], places=True)
        with store.write() as session:
            session.execute("UPDATE cases_case SET code = 'S-999999999' WHERE num = ?", (first + count,))
        if store.dialect == "postgresql":
            with store.write() as session:
                session.query(
                    "SELECT setval(pg_get_serial_sequence('cases_case', 'num'), ?)", (first + count + 1,)
                )
            import psycopg

            with psycopg.connect(self.options.url, autocommit=True) as connection:
                connection.execute("ANALYZE")
        print(f"\n{count:,} cases filled in {time.perf_counter() - started:.0f} s (2 % open)\n", flush=True)

    def lists(self) -> None:
        from dothi.kernel.cases import queries
        from dothi.kernel.cases.filters import Filter
        from dothi.kernel.identity.access import SYSTEM, Actor, Grant

        pick, inbox = self.pick, queries.inbox
        ward = {u: Actor("account", u, "", (Grant("cases.read", u),), account=u) for u in UNITS}
        asks: dict[str, Callable[[], Any]] = {
            "organisation by due time": lambda: inbox(Filter(organisation=pick.choice(ORGANISATIONS)), by=SYSTEM),
            "ward officer's own ward": lambda: inbox(Filter(unit=(u := pick.choice(UNITS))), by=ward[u]),
            "ward officer, no filter": lambda: inbox(Filter(), by=ward[pick.choice(UNITS)]),
            "one person's": lambda: inbox(Filter(assignee=f"account:{pick.randrange(2000)}"), by=SYSTEM),
            "late in an organisation": lambda: inbox(Filter(organisation=pick.choice(ORGANISATIONS), late=True), by=SYSTEM),
            "a rare state of the city": lambda: inbox(Filter(states=("held",)), by=SYSTEM),
            "closed, of a unit": lambda: inbox(Filter(unit=pick.choice(UNITS), phases=("done",)), by=SYSTEM),
            "words, open, an organisation": lambda: inbox(
                Filter(text=" ".join(pick.choices(WORDS, k=2)), organisation=pick.choice(ORGANISATIONS)), by=SYSTEM),
            "words, everything": lambda: queries.search(" ".join(pick.choices(WORDS, k=3)), by=SYSTEM),
            "map box, open": lambda: inbox(Filter(box=self.box(0.02)), by=SYSTEM),
            "near a point, 100 m, 30 days": lambda: queries.near(
                (pick.uniform(106.6, 106.8), pick.uniform(10.7, 10.9)), 100, by=SYSTEM),
            "counts of an organisation": lambda: queries.counts(Filter(organisation=pick.choice(ORGANISATIONS)), by=SYSTEM),
        }  # fmt: skip
        print("| list | p50 ms | p99 ms | goal |\n|---|---|---|---|")
        for name, ask in asks.items():
            waits = []
            for _ in range(self.options.requests):
                one = time.perf_counter()
                ask()
                waits.append(time.perf_counter() - one)
            waits.sort()
            print(f"| {name} | {waits[len(waits) // 2] * 1000:.1f} | {waits[int(len(waits) * 0.99)] * 1000:.1f} | < 50 |",
                  flush=True)  # fmt: skip

    def box(self, wide: float) -> tuple[float, float, float, float]:
        west, south = self.pick.uniform(106.55, 106.85), self.pick.uniform(10.65, 10.95)
        return west, south, west + wide, south + wide

    def replan(self, count: int) -> None:
        from datetime import timedelta

        from dothi.core.clock import HCMC, now
        from dothi.kernel.cases import calendar_days
        from dothi.kernel.cases.actions import perform
        from dothi.kernel.identity.access import SYSTEM

        for _ in range(0, count, 250):
            perform([self.order() for _ in range(250)])
        day = now().astimezone(HCMC).date() + timedelta(days=2)
        while day.weekday() > 4:
            day += timedelta(days=1)
        calendar_days.set_day(day, working=False, basis_vi="Đo", basis_en="Bench", by=SYSTEM)
        started = time.perf_counter()
        changed = calendar_days.replan()
        seconds = time.perf_counter() - started
        print(
            f"| {changed:,} cases' clocks planned anew | {changed / seconds:,.0f}/s | {seconds:.1f} s | 100,000 in < 60 s |"
        )

    # -- peers

    def plain(self) -> None:
        from dothi.engines import registry

        store = registry.store("city")
        with store.write() as session:
            session.execute("CREATE TABLE bench_plain (id bigint PRIMARY KEY, state text, rev bigint)")
            for n in range(1000):
                session.execute("INSERT INTO bench_plain VALUES (?, 'new', 0)", (n,))
        waits, started, done = [], time.perf_counter(), 0
        while time.perf_counter() - started < self.options.seconds:
            one = time.perf_counter()
            with store.write() as session:
                session.execute(
                    "UPDATE bench_plain SET state = 'x', rev = rev + 1 WHERE id = ?", (done % 1000,)
                )
            waits.append(time.perf_counter() - one)
            done += 1
        rate("plain table, one UPDATE a transaction", done, time.perf_counter() - started, waits, "")

    def spiff(self) -> None:
        try:
            from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
            from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
            from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
            from SpiffWorkflow.util.task import TaskState
        except ImportError:
            print("| SpiffWorkflow | not installed | | | |")
            return
        from dothi.engines import registry

        steps = "".join(f'<userTask id="t{n}" name="t{n}"/>' for n in range(40))
        flows = "".join(
            f'<sequenceFlow id="f{n}" sourceRef="t{n - 1}" targetRef="t{n}"/>' for n in range(1, 40)
        )
        body = (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">'
            f'<process id="p" isExecutable="true"><startEvent id="s"/>{steps}<endEvent id="e"/>'
            f'<sequenceFlow id="fs" sourceRef="s" targetRef="t0"/>{flows}<sequenceFlow id="fe" sourceRef="t39" targetRef="e"/>'
            "</process></definitions>"
        )
        parser = BpmnParser()
        parser.add_bpmn_str(body.encode())
        serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        store = registry.store("city")
        with store.write() as session:
            session.execute("CREATE TABLE bench_spiff (id bigint PRIMARY KEY, body text)")
        fresh = serializer.serialize_json(BpmnWorkflow(parser.get_spec("p")))
        waits, started, done = [], time.perf_counter(), 0
        while time.perf_counter() - started < self.options.seconds:
            one = time.perf_counter()
            number = done // 40
            with store.write() as session:
                if done % 40 == 0:
                    session.execute("INSERT INTO bench_spiff VALUES (?, ?)", (number, fresh))
                ((kept,),) = session.query("SELECT body FROM bench_spiff WHERE id = ?", (number,))
                flow = serializer.deserialize_json(kept)
                flow.do_engine_steps()
                for task in flow.get_tasks(state=TaskState.READY):
                    task.run()
                    break
                flow.do_engine_steps()
                session.execute(
                    "UPDATE bench_spiff SET body = ? WHERE id = ?", (serializer.serialize_json(flow), number)
                )
            waits.append(time.perf_counter() - one)
            done += 1
        rate("SpiffWorkflow, load + step + save", done, time.perf_counter() - started, waits, "")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--clocks", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--url", default="")
    parser.add_argument("--skip-spiff", action="store_true")
    parser.add_argument(
        "--keep", default="", help="a folder (and database) to fill once and measure again later"
    )
    parser.add_argument("--fill-only", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = options.keep or temporary
        os.environ |= {"DOTHI_HOME": home, "DJANGO_SETTINGS_MODULE": "dothi.serve.django_settings"}
        if options.url:
            os.environ["DOTHI_DATABASE_URL"] = options.url
        import django

        django.setup()
        bench = Bench(options)
        bench.start()
        from dothi.kernel.cases import group
        from dothi.serve import wiring

        print(
            f"{'PostgreSQL' if options.url else 'SQLite'}\n\n| what | rate | p50 ms | p99 ms | goal |\n|---|---|---|---|---|"
        )
        if not bench.filled():
            made = bench.batches()
            bench.singles(made)
            bench.burst(made)
            bench.plain()
            if not options.skip_spiff:
                bench.spiff()
        if options.clocks:
            bench.replan(options.clocks)
        if options.cases and not bench.filled():
            bench.fill(options.cases)
        if options.cases and not options.fill_only:
            bench.lists()
            print("\n| with many cases | rate | p50 ms | p99 ms | goal |\n|---|---|---|---|---|")
            made = bench.batches()
            bench.singles(made)
        group.close()
        wiring.close()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
    main()
