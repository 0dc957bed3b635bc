"""Decisions: moves, acceptance, texts; parameters and queries of CKAN's clients."""

import pytest

from dothi.centres.opendata import distributions as forms
from dothi.centres.opendata import rules, vocab
from dothi.centres.opendata.ckan.params import Params
from dothi.centres.opendata.ckan.solr import SearchQueryError, parse, resolve
from dothi.centres.opendata.distributions import Distribution, distributions, file, formats, keys, register
from dothi.centres.opendata.rules import Accepted, Finding
from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.roles import role


@pytest.mark.parametrize(
    ("state", "move", "after"),
    [
        ("draft", "submit", "screening"),
        ("screening", "clear", "approval"),
        ("screening", "stop", "draft"),
        ("approval", "approve", "approval"),
        ("approval", "return", "draft"),
        ("approval", "publish", "published"),
        ("published", "withdraw", "withdrawn"),
        ("published", "supersede", "superseded"),
        ("superseded", "reopen", "draft"),
        ("superseded", "withdraw", "withdrawn"),
        ("withdrawn", "reopen", "draft"),
    ],
)
def test_moves_lead_where_they_lead(state, move, after):
    assert rules.after(state, move) == after


def test_every_other_move_is_refused_and_says_the_state():
    refused = 0
    for state, moves in rules.MOVES.items():
        for move in rules.MOVE_NAMES:
            if move not in moves:
                with pytest.raises(Conflict) as error:
                    rules.after(state, move)
                assert error.value.members["state"] == state
                refused += 1
    assert refused == 6 * 9 - 11


def test_nobody_approves_their_own_but_the_platform_does(actor):
    with pytest.raises(Forbidden):
        rules.may_approve(actor("an"), "account:an")
    rules.may_approve(actor("binh"), "account:an")
    rules.may_approve(SYSTEM, "system")


@pytest.mark.parametrize(
    ("access", "rows", "title"), [("internal", 1, "x"), ("open", None, "x"), ("open", 1, "")]
)
def test_what_is_not_ready_is_not_submitted(access, rows, title):
    with pytest.raises(Conflict):
        rules.may_publish(access, rows, title)


@pytest.mark.parametrize("access", ["open", "shared"])
def test_open_and_shared_datasets_may_be_published(access):
    rules.may_publish(access, 0, "x")


def test_unsure_findings_do_not_stop():
    assert rules.open_findings([Finding("a", "name", 1, 9, stops=False)], []) == []


def test_accepting_is_for_one_column_and_one_kind():
    found = [Finding("a", "phone", 1, 9), Finding("b", "phone", 1, 9), Finding("a", "cccd", 1, 9)]
    left = rules.open_findings(found, [Accepted("a", "phone", "đường dây nóng")])
    assert [(each.column, each.kind) for each in left] == [("b", "phone"), ("a", "cccd")]


@pytest.mark.parametrize(
    ("smallest", "small"), [(1, True), (4, True), (5, False), (None, False), ("x", False)]
)
def test_groups_below_five_are_small(smallest, small):
    assert rules.small_groups({"smallest": smallest}, []) is small


def test_small_groups_can_be_accepted_with_a_reason():
    assert not rules.small_groups({"smallest": 1}, [Accepted("", "small-group", "Số liệu tổng hợp")])
    assert rules.small_groups({"smallest": 1}, [Accepted("", "small-group", " ")])


def test_texts_have_a_length_and_a_place():
    assert rules.text("  a ", "x", 5) == "a"
    for given in ("", " ", "a" * 6):
        with pytest.raises(BadInput) as error:
            rules.text(given, "here", 5)
        assert error.value.where == "here"


def test_the_roles_part_submitting_from_approving():
    publisher, owner = role("data-publisher"), role("data-owner")
    assert rules.APPROVE not in publisher.patterns
    assert rules.SUBMIT not in owner.patterns


# --- parameters


def test_texts_of_a_query_string_become_what_is_asked():
    given = Params(
        {
            "n": "5",
            "yes": "True",
            "no": "0",
            "list": "a, b",
            "json": '["x"]',
            "object": '{"a": 1}',
            "none": None,
        }
    )
    assert (given.number("n", 1, 10), given.number("none", 7, 10), given.number("n", 1, 3)) == (5, 7, 3)
    assert (given.flag("yes", False), given.flag("no", True), given.flag("none", True)) == (True, False, True)
    assert (given.many("list"), given.many("json"), given.many("none")) == (["a", "b"], ["x"], [])
    assert (given.structure("object"), given.structure("list")) == ({"a": 1}, "a, b")
    assert ("n" in given, "none" in given, given.needed("none", "n")) == (True, False, "5")


@pytest.mark.parametrize(
    "ask",
    [
        lambda p: p.number("word", 1, 9),
        lambda p: p.number("minus", 1, 9),
        lambda p: p.flag("word", True),
        lambda p: p.many("object"),
        lambda p: p.text("object"),
        lambda p: p.needed("empty"),
        lambda p: p.structure("broken"),
    ],
)
def test_what_does_not_fit_names_its_parameter(ask):
    given = Params({"word": "x", "minus": "-1", "object": {"a": 1}, "empty": " ", "broken": "{"})
    with pytest.raises(BadInput) as error:
        ask(given)
    assert error.value.where


# --- queries


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("dân số", ["dân", "số"]),
        ('"dân số"', ["dân số"]),
        ("title:đất~", ["đất"]),
        ("*:*", []),
        ("text:(a OR b)", ["a", "b"]),
        ("dân AND số", ["dân", "số"]),
        ("dân*", ["dân"]),
        ("", []),
        ("+dân +số", ["dân", "số"]),
    ],
)
def test_words_are_taken_from_a_query(query, words):
    assert parse([query]).words == words


def test_fields_of_several_queries_add_up():
    found = parse(["organization:a", "groups:(envi OR soci) -tags:x", "NOT res_format:CSV"])
    assert dict(found.wanted) == {"publisher": ["a"], "theme": ["envi", "soci"]}
    assert dict(found.unwanted) == {"keyword": ["x"], "format": ["CSV"]}


@pytest.mark.parametrize("query", ["colour:red", "a OR b", "-word", "groups:(a AND b)", "NOT x"])
def test_what_is_not_understood_is_refused(query):
    with pytest.raises(SearchQueryError):
        parse([query])


def test_names_of_ckan_are_turned_into_values():
    assert resolve({"theme": ["Envi", "x"]}, {"theme": {"envi": "ENVI"}}) == {"theme": ["ENVI", "x"]}


# --- forms


def test_a_table_with_places_comes_as_geojson_too(listing):
    assert "geojson" in [each.key for each in distributions(listing())]
    assert "geojson" not in [each.key for each in distributions(listing(columns=()))]


def test_a_sheet_holds_only_so_many_rows(listing):
    assert "xlsx" in [each.key for each in distributions(listing(rows=1_048_575))]
    assert "xlsx" not in [each.key for each in distributions(listing(rows=1_048_576))]


@pytest.fixture
def own_forms(monkeypatch):
    """Only the forms of the catalogue itself, whatever else this process has registered."""
    monkeypatch.setattr(forms, "_providers", {key: forms._providers[key] for key in ("files", "rows")})
    monkeypatch.setattr(forms, "_seen", set())


def test_services_come_after_files(listing, own_forms):
    register("early", lambda each: [Distribution("x", each.title, "X", "a/b", "X", "/x", service=True)])
    register("late", lambda each: [Distribution("y", each.title, "Y", "a/b", "Y", "/y")])
    services = [each.service for each in distributions(listing())]
    assert services == [False] * 7 + [True] * 2


def test_a_standard_adds_its_own_form(listing, own_forms):
    extra = Distribution(
        "ogc", listing().title, "OGC", "application/geo+json", "GEOJSON", "/ogc/x", service=True
    )
    register("ogc", lambda each: [extra, file(each, "csv")])
    made = distributions(listing())
    assert [each for each in made if each.key == "ogc"] == [extra]
    assert [each.key for each in made].count("csv") == 1
    assert "OGC" in formats(listing())
    assert "ogc" in keys()


def test_the_standards_of_the_platform_have_added_theirs(listing):
    made = [each.key for each in distributions(listing())]
    assert {"csv", "api", "ogc", "tiles", "datapackage"} <= set(made)


def test_addresses_are_below_the_platform_unless_they_are_whole(listing):
    assert file(listing(), "csv").url("https://x.vn") == "https://x.vn/data/v1/air/download.csv"
    whole = Distribution("a", listing().title, "A", "a/b", "A", "https://other.vn/a")
    assert whole.url("https://x.vn") == "https://other.vn/a"


def test_unknown_codes_are_shown_as_they_are():
    assert vocab.label(vocab.THEMES, "ZZZZ") == {"vi": "ZZZZ", "en": "ZZZZ"}
    assert vocab.licence("nothing").key == "other"
    assert vocab.ckan_licence("mit") == "mit"


@pytest.mark.parametrize("key", sorted(vocab.LICENCES))
def test_every_licence_has_a_name_in_ckan(key):
    assert vocab.ckan_licence(key)
