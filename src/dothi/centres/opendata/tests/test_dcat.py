"""The catalogue as DCAT-AP: three forms of one graph, valid by the shapes, whatever a title contains."""

from datetime import UTC, datetime

import pyshacl
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, RDF, URIRef

from dothi.centres.opendata.catalogue.listing import Words
from dothi.centres.opendata.dcat import describe, jsonld, rdfxml, turtle
from dothi.centres.opendata.dcat.describe import About
from dothi.centres.opendata.dcat.nodes import Node, Ref, Text
from dothi.centres.opendata.tests.shapes import OWN

FORMS = {"turtle": turtle, "xml": rdfxml, "json-ld": jsonld}
BASE = "https://data.example.vn"
ABOUT = About(
    BASE,
    {"vi": "Dữ liệu mở", "en": "Open data"},
    {"vi": "Mô tả", "en": "Description"},
    {"vi": "Thành phố", "en": "City"},
    (106.3, 10.3, 107.0, 11.2),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 2, 1, tzinfo=UTC),
)
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def graph(nodes, form="turtle"):
    return rdflib.Graph().parse(data="".join(FORMS[form].document(nodes)), format=form)


def violations(data, shapes):
    """What a validator finds of severity Violation."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    found = [
        each for each in report.objects(None, SH.result) if (each, SH.resultSeverity, SH.Violation) in report
    ]
    return [
        (str(report.value(each, SH.resultPath)), str(report.value(each, SH.resultMessage))) for each in found
    ]


@pytest.fixture(scope="module")
def listings(listing):
    return [
        listing("air"),
        listing(
            "bare", description=Words(), keywords=(), publisher_label=Words(), contact_name="", spatial=None
        ),
        listing(
            "nobody",
            publisher="",
            publisher_label=Words(),
            contact_name="",
            contact_email="",
            licence="other",
        ),
        listing(
            "strange",
            title=Words('Lỗ "hổng" \\ <b>&amp;\n\t\x01 \u0110', "]]> ' @en"),
            licence="no-such",
            themes=("X",),
        ),
        listing(
            "english", title=Words("", "Only English"), description=Words("", "Described"), access="shared"
        ),
        listing("large", rows=9_000_000, temporal_from="", temporal_to="2025-12-31", provenance="simulated"),
    ]


@pytest.fixture
def whole(listings):
    return lambda: describe.whole(ABOUT, listings, [each.key for each in listings])


def comparable(found):
    """Its statements without blank nodes, and how many statements there are."""
    plain = {triple for triple in found if not any(isinstance(each, rdflib.BNode) for each in triple)}
    return plain, len(found)


def test_the_three_forms_say_the_same(listing):
    two = [listing("air"), listing("bare", spatial=None)]
    made = [comparable(graph(describe.whole(ABOUT, two, ["air", "bare"]), form)) for form in FORMS]
    assert made[0] == made[1] == made[2]
    assert made[0][1] > 200


@pytest.mark.parametrize("form", FORMS)
def test_every_form_can_be_read_whatever_the_texts_contain(whole, form):
    found = graph(whole(), form)
    assert len(set(found.subjects(RDF.type, DCAT.Dataset))) == 6


def test_a_text_comes_back_as_it_was(whole):
    title = 'Lỗ "hổng" \\ <b>&amp;\n\t\x01 \u0110'
    values = {str(each) for each in graph(whole()).objects(None, DCTERMS.title)}
    assert title in values
    assert title.replace("\x01", "") in {
        str(each) for each in graph(whole(), "xml").objects(None, DCTERMS.title)
    }


def test_it_is_valid_by_our_own_shapes(whole):
    shapes = rdflib.Graph().parse(data=OWN, format="turtle")
    assert violations(graph(whole()), shapes) == []


def test_our_own_shapes_find_what_is_missing():
    shapes = rdflib.Graph().parse(data=OWN, format="turtle")
    bad = Node("urn:x", ("dcat:Dataset",)).say("dct:title", Text("x"))
    assert any("description" in path for path, _ in violations(graph([bad]), shapes))


@pytest.mark.parametrize("name", ["shapes", "range", "mdr-vocabularies.shape", "deprecateduris"])
def test_it_is_valid_by_the_official_shapes(whole, shared_data, name):
    path = shared_data and shared_data / "dcat_ap_shapes" / f"{name}.ttl"
    if path is None or not path.is_file():
        pytest.skip("the official shapes are not on this machine")
    assert violations(graph(whole()), rdflib.Graph().parse(path)) == []


def test_a_dataset_has_the_address_of_its_page(listing):
    found = graph(describe.alone(listing("air"), BASE))
    own = URIRef(f"{BASE}/data/air")
    assert (own, RDF.type, DCAT.Dataset) in found
    assert str(found.value(own, DCTERMS.modified)) == "2026-01-02T00:00:00+00:00"


def test_downloads_name_their_address_format_and_licence(listing):
    found = graph(describe.alone(listing("air"), BASE))
    csv = URIRef(f"{BASE}/data/air#csv")
    assert found.value(csv, DCAT.downloadURL) == URIRef(f"{BASE}/data/v1/air/download.csv")
    assert str(found.value(csv, DCTERMS.format)).endswith("/file-type/CSV")
    assert str(found.value(csv, DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"


def test_services_are_described_as_services(listing):
    found = graph(describe.alone(listing("air"), BASE))
    service = found.value(URIRef(f"{BASE}/data/air#api"), DCAT.accessService)
    assert found.value(service, DCAT.endpointURL) == URIRef(f"{BASE}/data/v1/air/rows")


def test_simulated_data_says_so(listing):
    text = "".join(turtle.document(describe.alone(listing("x", provenance="simulated"), BASE)))
    assert '"Dữ liệu mô phỏng. Trạm quan trắc"@vi' in text


def test_a_concept_is_described_once_a_document(whole):
    text = "".join(turtle.document(whole()))
    assert text.count("<http://publications.europa.eu/resource/authority/file-type/CSV> a ") == 1


def test_shared_data_is_said_to_be_restricted(listing):
    assert "access-right/RESTRICTED" in "".join(
        turtle.document(describe.alone(listing("x", access="shared"), BASE))
    )


def test_an_address_with_spaces_does_not_break_a_form(listing):
    odd = listing("x", source_url="https://example.vn/a b<c>")
    for form in FORMS:
        graph(describe.alone(odd, BASE), form)


def test_a_node_without_statements_is_left_out():
    assert "".join(turtle.statements(Node("urn:x"))) == ""


def test_plain_and_typed_literals_are_written():
    node = (
        Node("urn:x", ("dcat:Resource", "dcat:Dataset"))
        .say("dct:identifier", Text("1"))
        .say("dct:relation", Ref("urn:y"))
    )
    for form in FORMS:
        assert len(graph([node], form)) == 4
