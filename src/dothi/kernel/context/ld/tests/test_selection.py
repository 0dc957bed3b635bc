"""Selecting by type, scope, id and projection."""

import pytest

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.errors import BadRequestData, TooComplexQuery
from dothi.kernel.context.ld.projection import datasets, languages, projection
from dothi.kernel.context.ld.selection import id_pattern, ids, scope_query, type_selection

CORE = Contexts().core
V = CORE.definitions.vocab


@pytest.mark.parametrize(
    ("text", "types", "expected"),
    [
        ("A", "A", True), ("A", "B", False), ("A", "AB", True), ("A,B", "B", True), ("A|B", "B", True), ("A|B", "C", False),
        ("(A;B)", "AB", True), ("(A;B)", "A", False), ("(A;B)|C", "C", True), ("(A;B),C", "AB", True), ("(A;B)|C", "A", False),
        ("A;B", "AB", True), ("A;B", "A", False), ("https://uri.etsi.org/ngsi-ld/default-context/A", "A", True), ("(A)", "A", True),
    ],
)  # fmt: skip
def test_types_are_alternatives_of_conjunctions(text, types, expected):
    assert type_selection(text, CORE)([f"{V}{each}" for each in types]) is expected


def test_a_selection_says_which_types_to_look_under():
    found = type_selection("(A;B)|C", CORE)
    assert found.any_of == {f"{V}A", f"{V}C"}
    assert found.mentions == {f"{V}A", f"{V}B", f"{V}C"}


@pytest.mark.parametrize(
    "text", ["", ",A", "A,", "A||B", "(A", "(A;)", "()", "A)", "(A,B)", "A B;", "9A", "((A))"]
)
def test_a_malformed_selection_is_refused(text):
    with pytest.raises(BadRequestData, match="type"):
        type_selection(text, CORE)


@pytest.mark.parametrize(
    ("text", "scopes", "expected"),
    [
        ("/Madrid", ["/Madrid"], True), ("/Madrid", ["/Madrid/Gardens"], False), ("Madrid", ["/Madrid"], True),
        ("/Madrid/Gardens/#", ["/Madrid/Gardens"], True), ("/Madrid/Gardens/#", ["/Madrid/Gardens/P/Q"], True),
        ("/Madrid/Gardens/#", ["/Madrid"], False), ("/Madrid/+/P", ["/Madrid/Gardens/P"], True), ("/Madrid/+/P", ["/Madrid/P"], False),
        ("/#", ["/x"], True), ("/#", [], False), ("/+", ["/x"], True), ("/a,/b", ["/b"], True), ("/a|/b", ["/c"], False),
        ("(/a;/b)", ["/a", "/b"], True), ("(/a;/b)", ["/a"], False), ("(/a;/b)|/c", ["/c"], True), ("/Đà_Nẵng", ["/Đà_Nẵng"], True),
    ],
)  # fmt: skip
def test_scopes_match_by_level(text, scopes, expected):
    assert scope_query(text)(scopes) is expected


@pytest.mark.parametrize("text", ["", "/", "/a//b", "/#/a", "/a b", "/a,", "(/a", "/a;/"])
def test_a_malformed_scope_query_is_refused(text):
    with pytest.raises(BadRequestData, match="scopeQ"):
        scope_query(text)


def test_an_id_pattern_is_a_regular_expression():
    assert id_pattern("^urn:ngsi-ld:Camera:")("urn:ngsi-ld:Camera:7")
    assert id_pattern(r"Camera:\d+$")("urn:ngsi-ld:Camera:7")
    assert not id_pattern("^Camera")("urn:ngsi-ld:Camera:7")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("(", BadRequestData),
        ("a" * 5000, TooComplexQuery),
        ("((a{500}){500}){500}", TooComplexQuery),
        (r"(a)\1", BadRequestData),
    ],
)
def test_an_unusable_id_pattern_is_refused(text, error):
    with pytest.raises(error, match="idPattern"):
        id_pattern(text)


def test_ids_are_a_list_of_uris():
    assert ids("urn:x:1, urn:x:2") == {"urn:x:1", "urn:x:2"}
    for text in ("x", "urn:x:1,y", ","):
        with pytest.raises(BadRequestData):
            ids(text)


def test_projections_may_go_into_linked_entities():
    found = projection("id,a,b{c,d{e}}", CORE, "pick")
    assert found.names == {"id", f"{V}a", f"{V}b"}
    assert found.linked[f"{V}b"].linked[f"{V}d"].names == {f"{V}e"}


@pytest.mark.parametrize("text", ["", "id;name", "a,,b", "a{", "a{{b}", "a{,b}", "a{}", "a}", "9a"])
def test_a_malformed_projection_is_refused(text):
    with pytest.raises(BadRequestData, match="pick"):
        projection(text, CORE, "pick")


def test_languages_come_in_order_of_preference():
    assert languages("fr;q=0.2,nl") == ("nl", "fr")
    assert languages("fr-CH,fr;q=0.9,en;q=0.8,*;q=0.5") == ("fr-CH", "fr", "en", "*")
    for text in ("", "fr;q=x", "not a tag"):
        with pytest.raises(BadRequestData):
            languages(text)


def test_datasets_are_uris_or_none():
    assert datasets("urn:d:1,@none") == {"urn:d:1", ""}
    with pytest.raises(BadRequestData):
        datasets("one")
