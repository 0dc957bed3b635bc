"""@contexts: what names stand for, and how answers are written."""

import pytest

from dothi.kernel.context.ld import core_context
from dothi.kernel.context.ld.context import Contexts, link_header, link_target
from dothi.kernel.context.ld.errors import BadRequestData, LdContextNotAvailable

SDM = "https://smartdatamodels.org/dataModel.Environment/"
VOCAB = core_context.DEFAULT_VOCAB


def terms(*context):
    return Contexts().of(list(context) if len(context) > 1 else context[0])


def test_a_name_without_definition_goes_to_the_default_vocabulary():
    assert Contexts().core.iri("pm25") == f"{VOCAB}pm25"


def test_a_user_term_is_expanded_and_compacted():
    found = terms({"pm25": f"{SDM}pm25"})
    assert found.iri("pm25") == f"{SDM}pm25"
    assert found.name(f"{SDM}pm25") == "pm25"


def test_core_terms_cannot_be_overridden():
    found = terms({"location": "https://example.org/place", "observedAt": "https://example.org/when"})
    assert found.iri("location") == "https://uri.etsi.org/ngsi-ld/location"
    assert found.name("https://uri.etsi.org/ngsi-ld/location") == "location"
    assert found.iri("observedAt") == "https://uri.etsi.org/ngsi-ld/observedAt"


def test_of_two_definitions_the_later_one_counts():
    found = terms({"a": "https://one.org/a"}, {"a": "https://two.org/a"})
    assert found.iri("a") == "https://two.org/a"


def test_prefixes_make_compact_iris_both_ways():
    found = terms({"sdm": SDM})
    assert found.iri("sdm:pm25") == f"{SDM}pm25"
    assert found.name(f"{SDM}pm25") == "sdm:pm25"


def test_a_term_may_be_defined_by_a_compact_iri_and_by_another_term():
    found = terms({"sdm": SDM, "dust": "sdm:pm25", "pm25": "dust"})
    assert found.iri("dust") == found.iri("pm25") == f"{SDM}pm25"


def test_terms_defined_by_each_other_do_not_hang():
    assert terms({"a": "b", "b": "a"}).iri("a")


def test_vocab_of_the_user_is_where_undefined_names_go():
    found = terms({"@vocab": SDM})
    assert found.iri("pm25") == f"{SDM}pm25"
    assert found.name(f"{SDM}pm25") == "pm25"


def test_a_name_is_not_shortened_into_one_that_means_something_else():
    found = terms({"pm25": f"{SDM}pm25"})
    assert found.name(f"{VOCAB}pm25") == f"{VOCAB}pm25"


def test_a_full_iri_is_a_name():
    assert Contexts().core.iri(f"{SDM}pm25") == f"{SDM}pm25"


def test_coercions_are_known():
    found = terms({"refDevice": {"@id": f"{SDM}refDevice", "@type": "@id"}})
    assert found.coercion("refDevice") == "@id"
    assert found.iri("refDevice") == f"{SDM}refDevice"


def test_a_scoped_context_is_kept_with_its_term():
    assert terms(
        {"address": {"@id": f"{SDM}address", "@context": {"street": "https://schema.org/street"}}}
    ).scoped("address") == {"street": "https://schema.org/street"}


def test_null_takes_a_term_away():
    assert terms({"a": "https://one.org/a"}, {"a": None}).iri("a") == f"{VOCAB}a"


@pytest.mark.parametrize(
    "name", ["my attr", "9lives", "a-b", "a.b", "", "_a", "a:", ":a", "a(b)", "type", "id"]
)
def test_names_the_standard_forbids_are_refused(name):
    with pytest.raises(BadRequestData):
        Contexts().core.iri(name)


@pytest.mark.parametrize("name", ["pm25", "Škola", "nhiệtĐộ", "a_b", "x:y", "α2"])
def test_letters_of_every_script_may_name_things(name):
    assert Contexts().core.iri(name)


def test_documents_behind_urls_are_fetched_through_the_resolver_once():
    asked = []

    def resolver(url):
        asked.append(url)
        return {"@context": {"pm25": f"{SDM}pm25"}}

    contexts = Contexts(resolver)
    for _ in range(3):
        assert contexts.of("https://example.org/c.jsonld").iri("pm25") == f"{SDM}pm25"
    assert asked == ["https://example.org/c.jsonld"]


def test_a_document_may_refer_to_others():
    documents = {
        "https://a.org/c": {"@context": ["https://b.org/c", {"a": "https://a.org/a"}]},
        "https://b.org/c": {"@context": {"a": "https://b.org/a", "b": "https://b.org/b"}},
    }
    found = Contexts(documents.__getitem__).of("https://a.org/c")
    assert (found.iri("a"), found.iri("b")) == ("https://a.org/a", "https://b.org/b")


def test_documents_that_refer_to_each_other_are_refused_not_followed_for_ever():
    with pytest.raises(LdContextNotAvailable, match="deeply"):
        Contexts(lambda url: {"@context": url}).of("https://a.org/c")


def test_a_url_nobody_knows_is_not_available():
    with pytest.raises(LdContextNotAvailable, match="not fetched"):
        Contexts().of("https://nobody.example/c.jsonld")


def test_what_is_not_a_context_document_is_not_available():
    with pytest.raises(LdContextNotAvailable, match="not a JSON-LD"):
        Contexts(lambda _: "hello").of("https://a.org/c")


def test_a_changed_document_counts_after_it_is_forgotten():
    document = {"a": "https://one.org/a"}
    contexts = Contexts(lambda _: {"@context": dict(document)})
    assert contexts.of("https://a.org/c").iri("a") == "https://one.org/a"
    document["a"] = "https://two.org/a"
    contexts.forget("https://a.org/c")
    assert contexts.of("https://a.org/c").iri("a") == "https://two.org/a"


def test_every_version_of_the_core_context_is_built_in():
    contexts = Contexts()
    for version in ("", "-v1.3", "-v1.8"):
        assert (
            contexts.of(f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context{version}.jsonld")
            is contexts.core
        )


def test_the_user_context_alone_is_named_in_answers():
    url = "https://a.org/c"
    contexts = Contexts(lambda _: {"@context": {}})
    assert contexts.of([url, core_context.URL]).url == url
    assert contexts.of({"a": "https://a.org/a"}).url is None
    assert contexts.core.url == core_context.URL


def test_terms_of_packs_are_a_map_of_their_own():
    contexts = Contexts(terms={"pm25": f"{SDM}pm25"})
    assert contexts.packs.iri("pm25") == f"{SDM}pm25"
    assert contexts.core.iri("pm25") == f"{VOCAB}pm25"


def test_the_cache_of_names_is_bounded(monkeypatch):
    monkeypatch.setattr("dothi.kernel.context.ld.context.MAX_CACHED", 10)
    found = Contexts().core
    for i in range(100):
        assert found.iri(f"a{i}") == f"{VOCAB}a{i}"
    assert len(found.iris) <= 10


def test_the_cache_of_contexts_is_bounded():
    contexts = Contexts(size=3)
    for i in range(10):
        contexts.of({"a": f"https://a.org/{i}"})
    assert len(contexts._maps) == 3


@pytest.mark.parametrize("source", [5, [True], "no url", {"a": 5}, {"a": {"@id": 5}}])
def test_a_malformed_context_is_bad_data(source):
    with pytest.raises(BadRequestData):
        Contexts().of(source)


def test_the_link_header_is_read_and_written():
    url = "https://a.org/c,d.jsonld"
    assert link_target(link_header(url)) == url
    assert link_target(f'<https://x.org>; rel="next", {link_header(url)}') == url
    assert link_target(None) is None
    assert link_target('<https://x.org>; rel="next"') is None


def test_two_contexts_in_the_link_header_are_refused():
    with pytest.raises(BadRequestData, match="only one"):
        link_target(f"{link_header('https://a.org/c')}, {link_header('https://b.org/c')}")


def test_the_core_context_document_holds_the_terms_the_standard_lists():
    for term in ("hasObject", "LanguageProperty", "datasetId", "vocab", "jsonKeys", "objectList"):
        assert term in core_context.CONTEXT or term == "hasObject"
    assert core_context.CONTEXT["object"] == {"@id": "ngsi-ld:hasObject", "@type": "@id"}
