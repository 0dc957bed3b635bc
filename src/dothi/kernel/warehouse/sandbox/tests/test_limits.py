"""Time, memory, size: what each query may use, and that it is over when it is over."""

import threading
import time
from pathlib import Path

import pytest

from dothi.kernel.warehouse.sandbox.client import Sandbox, Stopped
from dothi.kernel.warehouse.sandbox.limits import Limits

ENDLESS = "SELECT sum(x.a * y.a + z.a) FROM city.t x, city.t y, city.t z, city.t w"


def stopped(box, sql, tables, **limits):
    with pytest.raises(Stopped) as end:
        box.run(sql, tables, Limits(**limits))
    return end.value.kind


def workers(box):
    return Path(f"/proc/{box._process.pid}/task/{box._process.pid}/children").read_text().split()


def test_time_runs_out(box, t):
    assert stopped(box, ENDLESS, {"t": t}, seconds=0.3) == "timeout"


def test_nothing_is_left_running_after_its_time(box, t):
    stopped(box, ENDLESS, {"t": t}, seconds=0.3)
    for _ in range(200):
        if not workers(box):
            return
        time.sleep(0.02)
    pytest.fail("a worker outlived its time")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('x', 2000000000)",
        "SELECT lpad('x', 2000000000, 'y')",
        "SELECT string_agg(repeat(x.b, 100), '') FROM city.t x, city.t y",
        "SELECT count(DISTINCT x.a * 1000 + y.a || repeat('z', 100)) FROM city.t x, city.t y",
        "SELECT list(x.b) FROM city.t x, city.t y, city.t z",
        "SELECT x.a, y.a FROM city.t x, city.t y, city.t z ORDER BY x.a * y.a * z.a",
        "SELECT unnest(range(100000000000))",
        "SELECT bar(1, 0, 1000000000, 1000000000)",
    ],
)
def test_a_memory_bomb_ends_by_itself(box, t, sql):
    assert stopped(box, sql, {"t": t}, seconds=3, memory_mb=64, answer_bytes=1 << 20) in (
        "memory",
        "timeout",
        "too-large",
        "failed",
    )


def test_an_answer_with_too_many_bytes_is_not_sent(box, t):
    sql = "SELECT repeat('x', 10000) AS x FROM city.t"
    assert stopped(box, sql, {"t": t}, answer_bytes=1 << 20) == "too-large"


def test_rows_are_cut_at_the_limit(box, t):
    answer = box.run("SELECT a FROM city.t ORDER BY a", {"t": t}, Limits(rows=3))
    assert (answer.table.column("a").to_pylist(), answer.truncated) == ([0, 1, 2], True)
    whole = box.run("SELECT a FROM city.t WHERE a < 3", {"t": t}, Limits(rows=3))
    assert whole.truncated is False


def test_rows_of_no_query_keep_their_columns(box, t):
    answer = box.run("SELECT a, b FROM city.t WHERE a < 0", {"t": t}, Limits())
    assert (answer.table.column_names, answer.table.num_rows) == (["a", "b"], 0)


def test_a_fault_of_the_query_is_said_in_a_sentence(box, t):
    with pytest.raises(Stopped) as end:
        box.run("SELECT nothing FROM city.t", {"t": t}, Limits())
    assert end.value.kind == "failed"
    assert "nothing" in end.value.message
    assert "\n\n" not in end.value.message


def test_more_queries_than_workers_wait_for_each_other(t):
    box = Sandbox(workers=1, patience=30)
    answers = []
    try:
        asking = [
            threading.Thread(
                target=lambda: answers.append(box.run("SELECT count(*) AS n FROM city.t", {"t": t}, Limits()))
            )
            for _ in range(4)
        ]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    finally:
        box.close()
    assert [answer.table.to_pydict() for answer in answers] == [{"n": [1000]}] * 4


def test_who_waits_too_long_is_told_so(t):
    box = Sandbox(workers=1, patience=0.05)
    try:
        slow = threading.Thread(target=lambda: stopped(box, ENDLESS, {"t": t}, seconds=0.8))
        slow.start()
        time.sleep(0.4)
        assert stopped(box, "SELECT 1", {}, seconds=1) == "busy"
        slow.join()
    finally:
        box.close()
