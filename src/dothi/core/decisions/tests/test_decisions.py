import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.decisions import BadTable, Hit, Input, Output, Rule, Table, check, compile_table
from dothi.core.decisions.columns import Column
from dothi.core.decisions.declarations import exact, feel
from dothi.core.feel import BOOLEAN, DATE, NUMBER, STRING, list_of, parse_type, unary

TYPES = {
    "area": NUMBER, "kind": STRING, "urgent": BOOLEAN, "limit": NUMBER, "received": DATE, "tags": list_of(STRING),
}  # fmt: skip
FEES = """
key: construction.fee
label: {vi: Lệ phí cấp phép, en: Permit fee}
inputs:
  - {expression: area, type: number, label: {vi: Diện tích sàn, en: Floor area}}
  - {expression: kind, values: [house, flat, villa]}
outputs:
  - {name: fee, type: number, label: {vi: Lệ phí, en: Fee}}
  - {name: note}
rules:
  - {when: ["< 100", '"house"'], then: [50000, '"small"'], why: {vi: Biểu phí mục 1, en: Schedule item 1}}
  - {when: ["[100..200]", '"house"'], then: [75000, '"middle"']}
  - {when: ["> 200", 'not("villa")'], then: [area * 500, '"large"']}
  - {when: [null, '"villa"'], then: [300000, null]}
  - {when: ["<= 200", '"flat"'], then: [10000, null]}
"""


def fees() -> Table:
    return msgspec.yaml.decode(FEES, type=Table)


def table(hit: Hit = Hit.UNIQUE, **changes: Any) -> Table:
    """Two rules that overlap between 5 and 10."""
    declared = Table(
        "t",
        [Input("area", "number")],
        [Output("level", "string", ["high", "low"])],
        [Rule(["<= 10"], ['"low"']), Rule([">= 5"], ['"high"'])],
        hit,
    )
    return msgspec.structs.replace(declared, **changes)


def test_a_table_is_read_from_yaml_and_decides() -> None:
    compiled = compile_table(fees(), TYPES)
    assert compiled.decide({"area": 50, "kind": "house"}).outcome == {"fee": 50000, "note": "small"}
    assert compiled.decide({"area": 300, "kind": "flat"}).outcome == {"fee": 150000, "note": "large"}
    assert compiled.decide({"area": 1, "kind": "villa"}).rules == (3,)
    assert compiled.decide({"area": 50, "kind": "tent"}).outcome is None
    assert check(fees(), TYPES) == []


def test_a_decision_says_why_in_both_languages() -> None:
    decision = compile_table(fees(), TYPES).decide({"area": 50, "kind": "house"})
    assert decision.reasons("vi") == [
        'Luật 1: Diện tích sàn = 50 (< 100); kind = house ("house") — Biểu phí mục 1'
    ]
    assert decision.reasons("en") == [
        'Rule 1: Floor area = 50 (< 100); kind = house ("house") — Schedule item 1'
    ]
    nothing = compile_table(fees(), TYPES).decide({})
    assert nothing.reasons("vi") == ["Không luật nào khớp"]


# Hit policies


@pytest.mark.parametrize(
    ("hit", "area", "outcome", "rules", "conflict"),
    [
        (Hit.UNIQUE, 3, {"level": "low"}, (0,), False),
        (Hit.UNIQUE, 7, None, (0, 1), True),
        (Hit.FIRST, 7, {"level": "low"}, (0,), False),
        (Hit.ANY, 7, None, (0, 1), True),
        (Hit.ANY, 3, {"level": "low"}, (0,), False),
        (Hit.PRIORITY, 7, {"level": "high"}, (1,), False),
        (Hit.COLLECT, 7, [{"level": "low"}, {"level": "high"}], (0, 1), False),
        (Hit.RULE_ORDER, 7, [{"level": "low"}, {"level": "high"}], (0, 1), False),
        (Hit.COLLECT, None, [], (), False),
    ],
)
def test_hit_policies(
    hit: Hit, area: int | None, outcome: Any, rules: tuple[int, ...], conflict: bool
) -> None:
    decision = compile_table(table(hit), TYPES).decide({"area": area})
    assert (decision.outcome, decision.rules, decision.conflict) == (outcome, rules, conflict)


def test_any_is_content_with_rules_that_agree() -> None:
    agreeing = table(Hit.ANY, rules=[Rule(["<= 10"], ['"low"']), Rule([">= 5"], ['"low"'])])
    assert compile_table(agreeing, TYPES).decide({"area": 7}).outcome == {"level": "low"}


@pytest.mark.parametrize(("aggregate", "expected", "nothing"), [("sum", 7, None), ("min", 2, None), ("max", 5, None), ("count", 2, 0)])  # fmt: skip
def test_collect_with_an_aggregate(aggregate: str, expected: int, nothing: Any) -> None:
    declared = Table(
        "t", [Input("area", "number")], [Output("fee", "number")],
        [Rule(["> 1"], [2]), Rule(["> 2"], [5]), Rule(["> 100"], [9])], Hit.COLLECT, aggregate,
    )  # fmt: skip
    compiled = compile_table(declared, TYPES)
    assert compiled.decide({"area": 3}).value == expected
    assert compiled.decide({"area": 0}).outcome == nothing


def test_defaults_answer_when_no_rule_matches() -> None:
    declared = table(outputs=[Output("level", default='"none"')], rules=[Rule(["> 5"], ['"high"'])])
    assert compile_table(declared, TYPES).decide({"area": 1}).outcome == {"level": "none"}
    assert check(declared, TYPES) == []


def test_cells_may_depend_on_other_values_and_on_the_day() -> None:
    declared = table(
        inputs=[Input("area", "number"), Input("received", "date"), Input("tags", "list<string>")],
        rules=[Rule(["> limit", "< today()", '"old"'], ['"high"']), Rule(["<= limit", "-", "-"], ['"low"'])],
    )
    compiled = compile_table(declared, TYPES)
    values = {"area": 5, "limit": 3, "received": date(2026, 1, 1), "tags": ["new", "old"]}
    now = datetime(2026, 11, 30, tzinfo=UTC)
    assert compiled.names == {"area", "limit", "received", "tags"}
    assert compiled.timely
    assert compiled.decide(values, now=now).rules == (0,)
    assert compiled.decide({**values, "limit": 5}, now=now).rules == (1,)
    assert compiled.decide({**values, "tags": ["new"]}, now=now).rules == ()


# What is wrong


@pytest.mark.parametrize(
    ("changes", "path", "code", "suggestion"),
    [
        ({"rules": []}, "rules", "empty", None),
        ({"rules": [Rule([], ['"low"'])]}, "rules[0].when", "cells", None),
        ({"rules": [Rule(["> 1"], ["low"])]}, "rules[0].then[0]", "unknown-name", '"low"'),
        ({"rules": [Rule(['"a"'], ['"low"'])]}, "rules[0].when[0]", "wanted", None),
        ({"rules": [Rule(["> 1"], ['"medium"'])]}, "rules[0].then[0]", "allowed", None),
        ({"rules": [Rule(["> 1"], [3])]}, "rules[0].then[0]", "wanted", None),
        ({"inputs": [Input("areaa", "number")]}, "inputs[0].expression", "unknown-name", "area"),
        ({"inputs": [Input("kind", "number")]}, "inputs[0].expression", "wanted", None),
        ({"inputs": [Input("area", "numbr")]}, "inputs[0].type", "type", None),
        ({"hit": Hit.PRIORITY, "outputs": [Output("level")]}, "outputs", "priority", None),
        ({"aggregate": "sum"}, "aggregate", "aggregate", None),
        ({"hit": Hit.COLLECT, "aggregate": "sum"}, "outputs[0].type", "aggregate", None),
        (
            {"outputs": [Output("a"), Output("a")], "rules": [Rule(["-"], [None, None])]},
            "outputs",
            "names",
            None,
        ),
    ],
)
def test_mistakes_are_told_with_their_place(
    changes: dict[str, Any], path: str, code: str, suggestion: str | None
) -> None:
    with pytest.raises(BadTable) as caught:
        compile_table(table(**changes), TYPES)
    found = caught.value.findings[0]
    assert (found.path, found.code, found.suggestion) == (path, code, suggestion)
    assert found.message["vi"]
    assert check(table(**changes), TYPES)[0] == found


def test_a_bare_word_is_suggested_as_text() -> None:
    declared = table(inputs=[Input("kind", values=["house"])], rules=[Rule(["house"], ['"low"'])])
    assert check(declared, TYPES)[0].suggestion == '"house"'


# Gaps, overlaps, idle rules


def told(declared: Table) -> list[tuple[str, str, str]]:
    return [(each.level, each.code, each.message["en"]) for each in check(declared, TYPES)]


def test_overlaps_are_errors_under_unique() -> None:
    assert told(table()) == [("error", "overlap", "Rules 1 and 2 both match when area: [5..10]")]
    assert [each[1] for each in told(table(Hit.ANY))] == ["overlap"]
    assert told(table(Hit.COLLECT)) == []


def test_gaps_are_told_as_ranges_and_values() -> None:
    declared = fees()
    without = msgspec.structs.replace(declared, rules=[declared.rules[0], declared.rules[2]])
    assert [each[2] for each in told(without)] == [
        'No rule matches when area: [100..200]; kind: "house"',
        'No rule matches when area: <= 200; kind: "flat"',
        'No rule matches when kind: "villa"',
    ]


def test_rules_that_never_decide_are_told() -> None:
    declared = table(Hit.FIRST, rules=[Rule(["-"], ['"low"']), Rule(["> 5"], ['"high"'])])
    assert told(declared) == [("warning", "idle", "Rule 2 never comes after rule 1")]


def test_text_without_allowed_values_may_always_be_another() -> None:
    declared = table(inputs=[Input("kind")], rules=[Rule(['"a"'], ['"low"'])])
    assert [each[2] for each in told(declared)] == ["No rule matches when kind: …"]
    assert (
        told(table(inputs=[Input("kind")], rules=[Rule(['"a"'], ['"low"']), Rule(['not("a")'], ['"low"'])]))
        == []
    )


def test_dates_and_booleans_are_accounted_for() -> None:
    declared = table(
        inputs=[Input("received", "date"), Input("urgent", "boolean")],
        rules=[Rule(['< @"2026-07-01"', "true"], ['"low"']), Rule(['>= @"2026-07-01"', "-"], ['"high"'])],
    )
    assert [each[2] for each in told(declared)] == [
        'No rule matches when received: < @"2026-07-01"; urgent: false'
    ]


# Against asking every rule

NUMBERS = [
    "-",
    "3",
    "< 3",
    ">= 5",
    "[2..6]",
    "]2..6[",
    "1,4",
    "not(3)",
    "not([2..6])",
    "> limit",
    "null",
    "? > 2 and ? < 8",
    "!= 4",
]
KINDS = ["-", '"a"', '"a","b"', 'not("b")', "null", '= "c"', 'starts with(?, "a")']
BOOLS = ["-", "true", "false", "not(true)"]


def made(seed: int, static: bool = False) -> Table:
    chance = random.Random(seed)

    def cell(cells: list[str]) -> str:
        return chance.choice(
            [each for each in cells if not static or ("?" not in each and "limit" not in each)]
        )

    inputs = [Input("area", "number"), Input("kind", values=["a", "b", "c"]), Input("urgent", "boolean")]
    rules = [Rule([cell(NUMBERS), cell(KINDS), cell(BOOLS)], [row]) for row in range(chance.randrange(1, 7))]
    return Table("t", inputs, [Output("row", "number")], rules, Hit.RULE_ORDER)


def grid() -> Iterator[dict[str, Any]]:
    for area in (0, 1, 2, exact(2.5), 3, exact(3.5), 4, exact(4.5), 5, exact(5.5), 6, 7, None):
        for kind in ("a", "b", "c", None):
            for urgent in (True, False, None):
                yield {"area": area, "kind": kind, "urgent": urgent, "limit": 4}


def asked(declared: Table, values: dict[str, Any]) -> tuple[int, ...]:
    """The rules that match, by asking each."""

    def passes(rule: Rule) -> bool:
        return all(
            unary(feel(cell), parse_type(column.type), TYPES)(values[column.expression], values)
            for column, cell in zip(declared.inputs, rule.when, strict=True)
        )

    return tuple(row for row, rule in enumerate(declared.rules) if passes(rule))


@given(st.integers(0, 10**6), st.sampled_from(list(grid())))
def test_the_index_finds_the_rules_that_match(seed: int, values: dict[str, Any]) -> None:
    declared = made(seed)
    assert compile_table(declared, TYPES).decide(values).rules == asked(declared, values)


@pytest.mark.parametrize("seed", range(25))
def test_gaps_and_overlaps_are_those_of_all_values(seed: int) -> None:
    declared = msgspec.structs.replace(made(seed, static=True), hit=Hit.UNIQUE)
    found = {each.code for each in check(declared, TYPES)}
    compiled = compile_table(declared, TYPES)
    matches = {tuple(values.values()): len(compiled.decide(values).rules) for values in grid()}
    assert ("overlap" in found) == any(count > 1 for count in matches.values())
    assert ("gap" in found) == any(count == 0 for values, count in matches.items() if None not in values)


def test_a_value_of_another_type_than_declared_is_no_error() -> None:
    compiled = compile_table(made(3), TYPES)
    assert isinstance(compiled.decide({"area": "x", "kind": 5, "urgent": []}).rules, tuple)
    assert Column(NUMBER, [unary("> 3", NUMBER)]).rules("x") == 0
