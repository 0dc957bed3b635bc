"""Clocks, guards and decision tables: what one core does.

    python bench/clocks.py [--clocks 100000]

Plans the deadlines of many clocks (half of them paused once or twice), as when the calendar changes; evaluates guards; asks
decision tables of 10 to 1,000 rules, with zen-engine on the same tables beside where it is installed (pip install zen-engine).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from dothi.core.calendar import (
    Allowance,
    Clock,
    Columns,
    Override,
    Pause,
    build,
    due_at,
    due_many,
    replan,
    shipped_overrides,
)
from dothi.core.decisions import Hit, Input, Output, Rule, Table, check, compile_table
from dothi.core.feel import NUMBER, STRING, compile, context, list_of

TERMS = [
    Allowance.parse(text)
    for text in ("15 working days", "20 days", "5 minutes", "1 working day", "8 working hours")
]


def timed(work: Callable[[], Any], turns: int = 1) -> tuple[float, Any]:
    """Seconds a turn, and what the last one gave."""
    began = time.perf_counter()
    for _ in range(turns):
        result = work()
    return (time.perf_counter() - began) / turns, result


def made(count: int) -> list[Clock]:
    chance = random.Random(7)
    clocks = []
    for _ in range(count):
        opened = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=chance.randrange(500_000))
        pauses = []
        start = opened
        for _ in range(chance.choice((0, 0, 1, 2))):
            start += timedelta(minutes=chance.randrange(20_000))
            pauses.append(Pause(start, start + timedelta(minutes=chance.randrange(10_000)), "supplement"))
            start = pauses[-1].end
        clocks.append(Clock(opened, chance.choice(TERMS), tuple(pauses)))
    return clocks


def plan(count: int) -> None:
    clocks = made(count)
    print(f"\n{count:,} clocks, {sum(len(clock.pauses) for clock in clocks):,} pauses")
    took, calendar = timed(build)
    print(f"  build a calendar of 31 years (first time)     {took * 1e3:10.1f} ms")
    took, _ = timed(build)
    print(f"  build it again                                {took * 1e3:10.1f} ms")
    took, columns = timed(lambda: Columns.of(clocks))
    print(f"  rows to columns                               {took * 1e3:10.1f} ms")
    due_many(columns, calendar)
    took, deadlines = timed(lambda: due_many(columns, calendar), 5)
    print(f"  all deadlines, on columns                     {took * 1e3:10.1f} ms")
    storm = Override(date(2026, 9, 24), "off", {"vi": "Nghỉ tránh bão", "en": "Closed for a storm"})
    changed = build(overrides=(*shipped_overrides(), storm))
    due_many(columns, changed)
    took, again = timed(lambda: replan(columns, deadlines, calendar, changed), 5)
    moved = int(np.count_nonzero(again != deadlines))
    print(f"  one day becomes a holiday: replanned          {took * 1e3:10.1f} ms, {moved:,} deadlines moved")
    some = clocks[:5000]
    took, alone = timed(lambda: [due_at(c.opened, c.allowance, c.pauses, calendar) for c in some])
    print(f"  one clock alone                               {took / len(some) * 1e6:10.1f} µs")
    assert [int(each.timestamp()) for each in alone] == [int(each) // 1_000_000 for each in deadlines[:5000]]


TYPES = {
    "amount": NUMBER,
    "kind": STRING,
    "applicant": context({"age": NUMBER}),
    "lines": list_of(context({"price": NUMBER})),
}
VALUES = {
    "amount": 15,
    "kind": "k7",
    "applicant": {"age": 41},
    "lines": [{"price": 5}, {"price": 8}, {"price": 2}],
}
GUARDS = (
    "amount > 10",
    "amount > 10 and amount <= 20",
    'applicant.age >= 18 and kind in ("k1", "k7", "k9")',
    "count(lines[price > 3]) >= 2",
)


def zen_of(name: str) -> Any:
    try:
        import zen
    except ImportError:
        return None
    return getattr(zen, name)


def guards() -> None:
    print("\nguards")
    compiled = zen_of("compile_expression")
    for text in GUARDS:
        took, expression = timed(lambda text=text: compile(text, TYPES), 20)
        turn, _ = timed(lambda expression=expression: expression(VALUES), 50_000)
        beside = ""
        if compiled is not None and "[" not in text and " in (" not in text:
            theirs = compiled(text)
            beside = f"   zen-engine {timed(lambda theirs=theirs: theirs.evaluate(VALUES), 50_000)[0] * 1e6:6.2f} µs"
        print(f"  {text:<52} {turn * 1e6:6.2f} µs   compiled in {took * 1e6:6.0f} µs{beside}")


def table_of(rules: int) -> Table:
    """Rules over ten kinds and ranges of amounts, none of which overlap."""
    rows = []
    for row in range(rules):
        low = row // 10 * 10
        rows.append(Rule([f"[{low}..{low + 10}[", f'"k{row % 10}"'], [row]))
    return Table("t", [Input("amount", "number"), Input("kind")], [Output("fee", "number")], rows, Hit.FIRST)


def zen_table(declared: Table) -> Any:
    engine = zen_of("ZenEngine")
    if engine is None:
        return None
    columns = [
        {"id": f"i{i}", "name": c.expression, "field": c.expression} for i, c in enumerate(declared.inputs)
    ]
    rows = [
        {"_id": str(row), "i0": rule.when[0][:-1] + ")", "i1": rule.when[1], "o0": str(rule.then[0])}
        for row, rule in enumerate(declared.rules)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": columns,
        "outputs": [{"id": "o0", "name": "fee", "field": "fee"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "t",
            "type": "decisionTableNode",
            "name": "t",
            "position": {"x": 1, "y": 0},
            "content": content,
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "t"},
        {"id": "b", "type": "edge", "sourceId": "t", "targetId": "out"},
    ]
    return engine().create_decision(
        json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})
    )


def tables() -> None:
    print("\ndecision tables, first match, two inputs; the same questions to both")
    chance = random.Random(7)
    for rules in (10, 100, 1000):
        declared = table_of(rules)
        took, compiled = timed(lambda declared=declared: compile_table(declared, TYPES))
        checked, _ = timed(lambda declared=declared: check(declared, TYPES))
        asked = [{"amount": chance.randrange(rules), "kind": f"k{chance.randrange(10)}"} for _ in range(1000)]
        ours, answers = timed(
            lambda compiled=compiled, asked=asked: [compiled.decide(each).value for each in asked], 10
        )
        beside = ""
        if (theirs := zen_table(declared)) is not None:
            turn, others = timed(
                lambda theirs=theirs, asked=asked: [theirs.evaluate(each)["result"]["fee"] for each in asked]
            )
            beside = f"   zen-engine {turn * 1e3:8.2f} µs" + (
                "" if others == answers else "   ANSWERS DIFFER"
            )
        print(
            f"  {rules:5,} rules {ours * 1e3:8.2f} µs   compiled in {took * 1e3:6.1f} ms, checked in {checked * 1e3:7.1f} ms{beside}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clocks", type=int, default=100_000)
    plan(parser.parse_args().clocks)
    guards()
    tables()


if __name__ == "__main__":
    main()
