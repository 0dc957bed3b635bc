"""The query language: what matches, what is refused, and an independent evaluator that agrees."""

import datetime
import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.errors import BadRequestData, TooComplexQuery
from dothi.kernel.context.ld.merge import create
from dothi.kernel.context.ld.names import time_text, time_us
from dothi.kernel.context.ld.query import compile_query

CORE = Contexts().core
V = CORE.definitions.vocab
DOCUMENT = {
    "id": "urn:x:1",
    "type": "Building",
    "scope": "/a",
    "speed": {"type": "Property", "value": 25, "unitCode": "KMH", "observedAt": "2020-01-01T00:00:00Z", "acc": {"type": "Property", "value": 0.5}},
    "brand": "Mercedes",
    "tags": ["blue", "red"],
    "levels": {"valueList": [1, 5]},
    "open": True,
    "since": "2021-05-05T00:00:00Z",
    "day": "2021-05-05",
    "address": {"value": {"city": "Berlin", "geo": {"floor": 3}, "lines": ["a", "b"]}},
    "color": {"languageMap": {"en": "red", "fr": ["rouge", "vermeil"]}},
    "kind": {"vocab": "commercial"},
    "owner": {"object": "urn:p:1", "objectType": "Person", "since": {"value": 2020}},
    "parts": {"object": ["urn:q:1", "urn:q:2"]},
    "route": {"objectList": ["urn:r:1"]},
    "raw": {"json": {"id": "7", "value": "Overstay"}},
    "many": [{"value": 1}, {"value": 9, "datasetId": "urn:d:1"}],
}  # fmt: skip
ENTITY = create(parse_entity(DOCUMENT, CORE), time_us("2026-01-01T00:00:00Z")).entity


def matches(q, **options):
    return compile_query(q, CORE, **options)(ENTITY)


@pytest.mark.parametrize(
    "q",
    [
        "speed", "speed==25", "speed==25.0", "speed>20", "speed>=25", "speed<26", "speed<=25", "speed!=24", "speed==20..30",
        "speed!=30..40", "speed==1,25,30", "speed!=1,2", "speed.observedAt", "speed.observedAt>=2019-12-31T00:00:00Z",
        'speed.observedAt=="2020-01-01T00:00:00Z"', 'speed.unitCode=="KMH"', "speed.acc==0.5", "speed.acc<1",
        'brand=="Mercedes"', "brand==Mercedes", 'brand!="BMW"', 'brand=="BMW","Mercedes"', 'brand~="^Mer"', 'brand!~="^BMW"',
        "brand~=cedes$", 'brand>"Audi"', 'brand=="A".."N"', "brand!=5", 'tags=="red"', 'tags=="red","green"', 'tags!="green"',
        "levels==5", "levels!=2", "open==true", "open!=false", "since>2021-01-01T00:00:00Z", 'since=="2021-05-05T00:00:00.000Z"',
        "since==2021-01-01T00:00:00Z..2022-01-01T00:00:00Z", "day==2021-05-05", "day<2021-06-01", 'address[city]=="Berlin"',
        "address[geo.floor]==3", 'address[lines]=="b"', "address[city]", 'color[en]=="red"', 'color[fr]=="vermeil"', 'color[*]=="rouge"',
        'color=="rouge"', 'color[en]!="rot"', 'color[en]~="^r"', 'kind=="https://uri.etsi.org/ngsi-ld/default-context/commercial"',
        "kind", 'owner=="urn:p:1"', "owner==urn:p:1", 'owner!="urn:p:2"', "owner==urn:p:0,urn:p:1", "owner.since==2020",
        'owner.objectType=="https://uri.etsi.org/ngsi-ld/default-context/Person"', "parts==urn:q:2", "parts!=urn:q:3",
        "route==urn:r:1", 'raw[value]=="Overstay"', "many==1", "many==9", "many>5", "many!=1", "speed>20;brand", "speed>30|brand",
        "(speed>30|brand);open==true", "speed>30;brand|open", "(speed>20;(brand|nothing))", "((speed))", "createdAt==2026-01-01T00:00:00Z",
        'modifiedAt>"2020-01-01T00:00:00Z"', "speed.modifiedAt>2025-01-01T00:00:00Z", 'scope=="/a"',
    ],
)  # fmt: skip
def test_matches(q):
    assert matches(q)


@pytest.mark.parametrize(
    "q",
    [
        "nothing", "speed.nothing", "speed==24", "speed>25", "speed<25", "speed!=25", "speed==26..30", "speed!=20..30", "speed==1,2",
        "speed!=25,26", 'speed=="25"', "nothing!=5", "brand>5", 'brand=="mercedes"', 'brand~="^mer"', 'brand!~="^Mer"', 'speed~="2"',
        'speed!~="9"', 'tags=="green"', 'tags!="red"', 'tags>"a"', "open==false", "open>false", "open==1", "levels>1", "since<2021-01-01T00:00:00Z",
        'address[city]=="Paris"', "address[nothing]", "address[city.more]", 'address=="Berlin"', 'color[en]=="rouge"', "color[de]",
        'color[*]!="red"', 'color!="red"', 'kind=="commercial"', "kind==commercial", 'owner>"a"', 'owner~="urn"', 'owner!="urn:p:1"',
        "parts!=urn:q:1", "owner==urn:p:2", "many>9", "many==5", "speed>30;brand", "speed>30|nothing", "speed;(nothing|speed>30)",
    ],
)  # fmt: skip
def test_does_not_match(q):
    assert not matches(q)


def test_values_of_named_attributes_are_expanded():
    assert matches("kind==commercial", expand_values=["kind"])
    assert not matches("kind==residential", expand_values=["kind"])
    assert matches("kind==residential,commercial", expand_values=["kind"])


def test_a_condition_may_look_into_the_entity_pointed_to():
    person = create(
        parse_entity({"id": "urn:p:1", "type": "Person", "name": "Lan", "at": {"object": "urn:c:1"}}, CORE), 1
    ).entity
    city = create(parse_entity({"id": "urn:c:1", "type": "City", "name": "Huế"}, CORE), 1).entity
    lookup = {"urn:p:1": person, "urn:c:1": city}.get
    for q, expected in [
        ('owner{name}=="Lan"', True), ("owner{name}", True), ('owner{Person:name}=="Lan"', True), ('owner{City:name}=="Lan"', False),
        ('owner{City,Person:name}=="Lan"', True), ('owner{name}=="Mai"', False), ('owner{at{name}}=="Huế"', True), ("parts{name}", False),
        ("speed{name}", False),
    ]:  # fmt: skip
        assert compile_query(q, CORE)(ENTITY, lookup) is expected, q
    assert compile_query("owner{at{name}}", CORE).link_depth == 2
    assert compile_query("owner", CORE).link_depth == 0


@pytest.mark.parametrize(
    ("q", "position"),
    [
        ("", 1), ("speed>", 7), ("speed==", 8), (";speed", 1), ("speed;", 7), ("speed;;brand", 7), ("speed|", 7), ("(speed", 7),
        ("speed)", 6), ("()", 2), ("speed brand", 6), ("1speed", 1), ("speed.", 7), ("a.b.", 5), ("a[", 3), ("a[b", 4), ("a[]", 3),
        ("a[b.]", 5), ('a=="x', 4), ('a=="\\x"', 4), ("a>1..2", 6), ("a>1,2", 4), ("a==1..", 7), ('a==1.."b"', 10), ("a==true..false", 15),
        ("a{b", 4), ("a{}", 3), ("a=5", 2), ("a===5", None), ("a~=", 4), ('a~="x', 4), ("a==1,", 6), ("a.b{c}d", 7),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_with_its_position(q, position):
    if position is None:
        assert compile_query(q, CORE)
        return
    with pytest.raises(BadRequestData, match=f"at position {position},") as caught:
        compile_query(q, CORE)
    assert caught.value.where == "q"


def test_a_pattern_that_is_no_regular_expression_is_refused():
    with pytest.raises(BadRequestData, match="regular expression"):
        compile_query('a~="("', CORE)


@pytest.mark.parametrize(
    "q", ["a;" * 300 + "a", "(" * 50 + "a" + ")" * 50, "a" * 10_000, 'a~="' + "x" * 2000 + '"']
)
def test_queries_beyond_reason_are_too_complex(q):
    with pytest.raises(TooComplexQuery):
        compile_query(q, CORE)


def test_a_hostile_pattern_takes_no_time():
    hostile = compile_query('brand~="^(a+)+$"', CORE)
    entity = create(parse_entity({"id": "urn:x:1", "type": "T", "brand": "a" * 50_000 + "b"}, CORE), 1).entity
    assert not hostile(entity)


def test_what_a_query_needs_and_requires_is_known():
    found = compile_query("a>1;b.c==2|a[x]==3", CORE)
    assert found.needs == {f"{V}a", f"{V}b"}
    assert found.required == {f"{V}a"}
    assert compile_query("a;b", CORE).required == {f"{V}a", f"{V}b"}
    assert compile_query("modifiedAt>2020-01-01T00:00:00Z", CORE).system_only
    assert not compile_query("modifiedAt>2020-01-01T00:00:00Z;a", CORE).system_only


def test_bounds_are_the_numeric_limits_of_a_conjunction():
    assert compile_query("a>1;a<=5.5;b;c=='x'", CORE).bounds() == [(f"{V}a", ">", 1), (f"{V}a", "<=", 5.5)]
    for q in ("a>1|b>2", "a.b>1", "a[b]>1", 'a>"x"', "a==1", "a{b}>1"):
        assert compile_query(q, CORE).bounds() == []


# An independent, naive evaluator on the normalized JSON, for generated queries.

ATTRIBUTES = {
    "n": st.integers(-3, 3) | st.floats(-3, 3),
    "s": st.sampled_from(["a", "b", "abc", ""]),
    "t": st.booleans(),
    "l": st.lists(st.integers(-3, 3) | st.sampled_from(["a", "b"]), max_size=3),
    "d": st.integers(0, 10**11).map(lambda us: time_text(time_us("2020-01-01T00:00:00Z") + us)),
}
documents = st.fixed_dictionaries({}, optional=ATTRIBUTES)
literals = (
    st.integers(-3, 3)
    | st.floats(-3, 3)
    | st.sampled_from(["a", "b", "abc"])
    | st.booleans()
    | ATTRIBUTES["d"]
)
comparable = literals.filter(lambda value: not isinstance(value, bool))
terms = st.one_of(
    st.tuples(st.just("exists"), st.sampled_from("nstldz")),
    st.tuples(
        st.sampled_from(["==", "!="]), st.sampled_from("nstldz"), st.lists(literals, min_size=1, max_size=3)
    ),
    st.tuples(st.sampled_from([">", "<", ">=", "<="]), st.sampled_from("nstldz"), comparable),
    st.tuples(
        st.sampled_from(["range", "!range"]),
        st.sampled_from("nstldz"),
        st.integers(-3, 3),
        st.integers(-3, 3),
    ),
    st.tuples(
        st.sampled_from(["~=", "!~="]), st.sampled_from("nstldz"), st.sampled_from(["^a", "b", "c$", "x"])
    ),
)
trees = st.recursive(
    terms,
    lambda inner: st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=6,
)


def written(value):
    return (
        ("true" if value else "false")
        if isinstance(value, bool)
        else f'"{value}"'
        if isinstance(value, str)
        else repr(value)
    )


def text(tree):
    kind = tree[0]
    if kind in ("and", "or"):
        return "(" + {"and": ";", "or": "|"}[kind].join(map(text, tree[1])) + ")"
    if kind == "exists":
        return tree[1]
    if kind in ("range", "!range"):
        return f"{tree[1]}{'==' if kind == 'range' else '!='}{tree[2]}..{tree[3]}"
    if kind in ("==", "!="):
        return f"{tree[1]}{kind}{','.join(map(written, tree[2]))}"
    return f"{tree[1]}{kind}{written(tree[2])}"


def category(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "moment" if re.match(r"\d{4}-\d\d-\d\dT", value) else "text"
    return "other"


def amount(value):
    return datetime.datetime.fromisoformat(value) if category(value) == "moment" else value


def same(a, b):
    return category(a) == category(b) != "other" and amount(a) == amount(b)


def holds(tree, document):
    kind = tree[0]
    if kind == "and":
        return all(holds(each, document) for each in tree[1])
    if kind == "or":
        return any(holds(each, document) for each in tree[1])
    if tree[1] not in document:
        return False
    value = document[tree[1]]
    items = value if isinstance(value, list) else [value]
    if kind == "exists":
        return True
    if kind in ("==", "!="):
        return any(same(item, wanted) for item in items for wanted in tree[2]) is (kind == "==")
    if kind in ("range", "!range"):
        inside = any(category(item) == "number" and tree[2] <= item <= tree[3] for item in items)
        return inside is (kind == "range")
    if kind in ("~=", "!~="):
        return isinstance(value, str) and (re.search(tree[2], value) is not None) is (kind == "~=")
    if category(value) != category(tree[2]) or category(value) in ("other", "boolean"):
        return False
    a, b = amount(value), amount(tree[2])
    return {">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b}[kind]


@settings(max_examples=300, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(trees, documents)
def test_a_naive_evaluator_agrees(tree, document):
    entity = create(
        parse_entity({"id": "urn:x:1", "type": "T"} | {k: {"value": v} for k, v in document.items()}, CORE), 1
    ).entity
    assert compile_query(text(tree), CORE)(entity) is holds(tree, document), (text(tree), document)


@settings(max_examples=200, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(trees, documents)
def test_what_is_required_and_bounded_is_so_in_every_match(tree, document):
    entity = create(
        parse_entity({"id": "urn:x:1", "type": "T"} | {k: {"value": v} for k, v in document.items()}, CORE), 1
    ).entity
    query = compile_query(text(tree), CORE)
    if query(entity):
        assert query.required <= set(entity.attributes)
        for iri, operator, limit in query.bounds():
            number = entity.attributes[iri][0].number
            assert {">": number > limit, "<": number < limit, ">=": number >= limit, "<=": number <= limit}[
                operator
            ]
