"""A dataset, and the catalogue, as DCAT-AP 3.0.1 describes them. No Django.

Concepts of code lists are only named; :class:`Concepts` gathers those a document names and describes each once,
so that the document is valid without fetching anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from dothi.centres.opendata import vocab
from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.dcat.nodes import Node, Ref, Text
from dothi.centres.opendata.distributions import Distribution, distributions
from dothi.core.clock import iso
from dothi.core.errors import Text as Label

IANA: Final = vocab.IANA
AUTHORITY: Final = vocab.AUTHORITY
THEMES: Final = f"{AUTHORITY}data-theme"
METADATA: Final = vocab.licence("cc0-1.0")


class About(NamedTuple):
    """What is said of the catalogue itself: the platform's address, names, who publishes it, when it changed."""

    base: str
    title: Label
    description: Label
    publisher: Label
    spatial: tuple[float, float, float, float] | None = None
    issued_at: datetime | None = None
    changed_at: datetime | None = None


class Concepts:
    """Gathers the concepts of code lists that a document names, and describes each of them once."""

    def __init__(self) -> None:
        self._found: dict[str, Node] = {}

    def ref(self, table: str, code: str, types: tuple[str, ...], label: Label) -> Ref:
        """Name a concept of an EU authority table."""
        address = f"{AUTHORITY}{table}/{code}"
        if address not in self._found:
            scheme = Ref(f"{AUTHORITY}{table}")
            node = (
                Node(address, types)
                .say("skos:inScheme", scheme)
                .words("skos:prefLabel", label["vi"], label["en"])
            )
            self._found[address] = node
        return Ref(address)

    def plain(self, address: str, kind: str, label: Label | None = None) -> Ref:
        """Name something outside the EU's tables: a media type, a licence, a standard."""
        if address not in self._found:
            node = Node(address, (kind,))
            self._found[address] = (
                node if label is None else node.words("dct:title", label["vi"], label["en"])
            )
        return Ref(address)

    def nodes(self) -> Iterable[Node]:
        """What is said of each."""
        return self._found.values()


def address(base: str, key: str) -> str:
    """The IRI of a dataset, which is also the address of its page."""
    return f"{base}/data/{key}"


def dataset(listing: Listing, base: str, concepts: Concepts) -> Node:
    """One dataset with its distributions."""
    own = address(base, listing.key)
    node = Node(own, ("dcat:Dataset",))
    node.words("dct:title", listing.title.vi, listing.title.en)
    node.words("dct:description", *_described(listing))
    node.say("dct:identifier", Text(listing.key)).say("dct:identifier", Text(f"urn:uuid:{listing.id}"))
    for keyword in listing.keywords:
        node.words("dcat:keyword", keyword.vi, keyword.en)
    for theme in listing.themes:
        node.say("dcat:theme", _theme(theme, concepts))
    for code, label in vocab.LANGUAGES.items():
        node.say(
            "dct:language", concepts.ref("language", code, ("dct:LinguisticSystem", "skos:Concept"), label)
        )
    _who(node, listing, base)
    _when(node, listing, concepts)
    if listing.spatial is not None:
        node.say("dct:spatial", _place(listing.spatial))
    right = vocab.ACCESS_RIGHTS[listing.access]
    rights = concepts.ref("access-right", right, ("dct:RightsStatement", "skos:Concept"), vocab.RIGHTS[right])
    node.say("dct:accessRights", rights)
    node.say("dct:provenance", _provenance(listing))
    node.say("dcat:landingPage", Node(own + "#page", ("foaf:Document",)).say("foaf:primaryTopic", Ref(own)))
    node.say("dcat:version", Text(listing.version_label or str(listing.version)))
    for each in distributions(listing):
        node.say("dcat:distribution", _distribution(each, listing, base, concepts))
    return node


def _described(listing: Listing) -> tuple[str, str]:
    """The description; the title stands in for one that is missing, since the profile wants one."""
    vi, en = listing.description.vi, listing.description.en
    return (vi or listing.title.text("vi"), en) if not (vi and en) else (vi, en)


def _theme(code: str, concepts: Concepts) -> Ref:
    return concepts.ref("data-theme", code, ("skos:Concept",), vocab.label(vocab.THEMES, code))


def _who(node: Node, listing: Listing, base: str) -> None:
    label = listing.publisher_label
    name = (label.vi, label.en) if label.vi or label.en else (listing.publisher, "")
    if any(name):
        agent = f"{base}/publishers/{listing.publisher or listing.key}"
        node.say("dct:publisher", Node(agent, ("foaf:Agent",)).words("foaf:name", *name))
    if listing.contact_name or listing.contact_email:
        contact = Node("", ("vcard:Organization", "vcard:Kind"))
        contact.say("vcard:fn", Text(listing.contact_name or listing.contact_email))
        if listing.contact_email:
            contact.say("vcard:hasEmail", Ref(f"mailto:{listing.contact_email}"))
        node.say("dcat:contactPoint", contact)


def _when(node: Node, listing: Listing, concepts: Concepts) -> None:
    label = vocab.label(vocab.FREQUENCIES, listing.frequency)
    frequency = concepts.ref("frequency", listing.frequency, ("dct:Frequency", "skos:Concept"), label)
    node.say("dct:accrualPeriodicity", frequency)
    node.say("dct:issued", moment(listing.issued)).say("dct:modified", moment(listing.modified))
    if listing.temporal_from or listing.temporal_to:
        period = Node("", ("dct:PeriodOfTime",))
        if listing.temporal_from:
            period.say("dcat:startDate", Text(listing.temporal_from, datatype="xsd:date"))
        if listing.temporal_to:
            period.say("dcat:endDate", Text(listing.temporal_to, datatype="xsd:date"))
        node.say("dct:temporal", period)


def moment(at: datetime) -> Text:
    """A time as a literal."""
    return Text(iso(at), datatype="xsd:dateTime")


def _place(box: tuple[float, float, float, float]) -> Node:
    west, south, east, north = box
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    text = ", ".join(f"{lon:g} {lat:g}" for lon, lat in ring)
    literal = Text(f"POLYGON(({text}))", datatype="gsp:wktLiteral")
    return Node("", ("dct:Location",)).say("dcat:bbox", literal)


def _provenance(listing: Listing) -> Node:
    label = vocab.label(vocab.PROVENANCE, listing.provenance)
    texts = {}
    for language in ("vi", "en"):
        source = listing.source.text(language)
        texts[language] = f"{label[language]}. {source}".strip() if source else label[language]
    node = Node("", ("dct:ProvenanceStatement",)).words("rdfs:label", texts["vi"], texts["en"])
    return node.say("rdfs:seeAlso", Ref(listing.source_url) if listing.source_url else None)


def _distribution(each: Distribution, listing: Listing, base: str, concepts: Concepts) -> Node:
    own = address(base, listing.key)
    kind = vocab.licence(listing.licence)
    node = Node(f"{own}#{each.key}", ("dcat:Distribution",)).words("dct:title", each.title.vi, each.title.en)
    node.words("dct:description", each.description.vi, each.description.en)
    node.say("dcat:accessURL", Ref(own if not each.service else each.url(base)))
    if not each.service:
        node.say("dcat:downloadURL", Ref(each.url(base)))
    both = {"vi": each.format, "en": each.format}
    node.say(
        "dct:format",
        concepts.ref("file-type", each.file_type, ("dct:MediaTypeOrExtent", "skos:Concept"), both),
    )
    node.say("dcat:mediaType", concepts.plain(IANA + each.media_type, "dct:MediaType"))
    licence = kind.url or f"{base}/data/licences/{listing.licence}"
    node.say("dct:license", concepts.plain(licence, "dct:LicenseDocument", kind.title))
    node.say("dct:modified", moment(listing.modified))
    stable = {"vi": "Ổn định", "en": "Stable"}
    node.say("dcatap:availability", concepts.ref("planned-availability", "STABLE", ("skos:Concept",), stable))
    if each.conforms_to:
        node.say("dct:conformsTo", concepts.plain(each.conforms_to, "dct:Standard"))
    if each.service:
        node.say("dcat:accessService", _service(each, own, base))
    return node


def _service(each: Distribution, own: str, base: str) -> Node:
    service = Node(f"{own}#{each.key}-service", ("dcat:DataService",)).words(
        "dct:title", each.title.vi, each.title.en
    )
    service.say("dcat:endpointURL", Ref(each.url(base)))
    service.say("dcat:endpointDescription", Ref(own))
    return service.say("dcat:servesDataset", Ref(own))


def catalogue(about: About, keys: Iterable[str], concepts: Concepts) -> Node:
    """The catalogue and the datasets of this document."""
    node = Node(f"{about.base}/catalog", ("dcat:Catalog",))
    node.words("dct:title", about.title["vi"], about.title["en"])
    node.words("dct:description", about.description["vi"], about.description["en"])
    publisher = Node(f"{about.base}/publishers/city", ("foaf:Agent",))
    node.say("dct:publisher", publisher.words("foaf:name", about.publisher["vi"], about.publisher["en"]))
    node.say("foaf:homepage", Node(f"{about.base}/data/", ("foaf:Document",)))
    for code, label in vocab.LANGUAGES.items():
        node.say(
            "dct:language", concepts.ref("language", code, ("dct:LinguisticSystem", "skos:Concept"), label)
        )
    titles = {"vi": "Chủ đề dữ liệu", "en": "Data themes"}
    taxonomy = Node(THEMES, ("skos:ConceptScheme",)).words("dct:title", titles["vi"], titles["en"])
    node.say("dcat:themeTaxonomy", taxonomy)
    if about.spatial is not None:
        node.say("dct:spatial", _place(about.spatial))
    # The descriptions themselves are given away: anybody may gather them.
    node.say("dct:license", concepts.plain(METADATA.url, "dct:LicenseDocument", METADATA.title))
    for predicate, at in (("dct:issued", about.issued_at), ("dct:modified", about.changed_at)):
        node.say(predicate, None if at is None else moment(at))
    for key in keys:
        node.say("dcat:dataset", Ref(address(about.base, key)))
    return node


def page(own: str, about: About, total: int, links: Mapping[str, str]) -> Node:
    """How a long catalogue is turned over: Hydra's ``next``, ``first``."""
    view = Node(own, ("hydra:PartialCollectionView",))
    view.say("hydra:totalItems", Text(str(total), datatype="xsd:integer"))
    for name, target in links.items():
        view.say(f"hydra:{name}", Ref(target))
    return view.say("rdfs:seeAlso", Ref(f"{about.base}/catalog"))


def whole(
    about: About, listings: Iterable[Listing], keys: Iterable[str], extra: Iterable[Node] = ()
) -> Iterator[Node]:
    """The nodes of a catalogue's document: itself, its datasets one by one, then the concepts they name."""
    concepts = Concepts()
    yield catalogue(about, keys, concepts)
    yield from extra
    for listing in listings:
        yield dataset(listing, about.base, concepts)
    yield from concepts.nodes()


def alone(listing: Listing, base: str) -> Iterator[Node]:
    """The nodes of one dataset's own document."""
    concepts = Concepts()
    yield dataset(listing, base, concepts)
    yield from concepts.nodes()
