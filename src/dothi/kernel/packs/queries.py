"""What the packs of this installation declare: read from their folders once, without database or Django."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from dothi.kernel.packs import ready, rules
from dothi.kernel.packs.declarations import Attribute, CodeList, EntityType
from dothi.kernel.packs.flows import DatasetDeclaration, PipelineDeclaration, SourceDeclaration
from dothi.kernel.packs.loader import LoadedPack
from dothi.kernel.packs.places import folders as folders
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.record_types import RecordType
from dothi.kernel.packs.reports import ReportCategory

level_of = rules.level_of
valid = rules.valid
shown = rules.shown
display = rules.display

# What the NGSI-LD core context makes of a short name that nobody defines.
DEFAULT_VOCABULARY = "https://uri.etsi.org/ngsi-ld/default-context/"
# The context of all Smart Data Models together, which many senders name.
EVERYTHING = ("https://smartdatamodels.org/context.jsonld",)
# What JSON-LD itself defines; a context may repeat it, we do not.
_KEYWORDS = frozenset({"id", "type", "@id", "@type"})


@cache
def packs() -> Mapping[str, LoadedPack]:
    """The packs of this installation by key, each after those it requires; raises :class:`PackErrors`."""
    return MappingProxyType({loaded.key: loaded for loaded in ready.packs(folders())})


def pack(key: str) -> LoadedPack | None:
    """One pack."""
    return packs().get(key)


@cache
def entity_types() -> dict[str, EntityType]:
    """Every entity type by its key, in the order of the packs."""
    return {kind.key: kind for loaded in packs().values() for kind in loaded.entity_types}


def entity_type(key: str) -> EntityType | None:
    """One entity type."""
    return entity_types().get(key)


@cache
def _attributes() -> dict[tuple[str, str], Attribute]:
    return {(kind.key, each.key): each for kind in entity_types().values() for each in kind.attributes}


def attribute(type_key: str, attr_key: str) -> Attribute | None:
    """One attribute of an entity type."""
    return _attributes().get((type_key, attr_key))


@cache
def vocabulary(key: str) -> CodeList | None:
    """One code list."""
    return next(
        (codes for loaded in packs().values() for codes in loaded.vocabularies if codes.key == key), None
    )


@cache
def datasets() -> dict[str, DatasetDeclaration]:
    """Every declared dataset by its key, in the order of the packs."""
    return {each.key: each for loaded in packs().values() for each in loaded.datasets}


@cache
def sources() -> dict[str, SourceDeclaration]:
    """Every declared source of a dataset by its key."""
    return {each.key: each for loaded in packs().values() for each in loaded.sources}


@cache
def pipelines() -> dict[str, PipelineDeclaration]:
    """Every declared SQL model by its key."""
    return {each.key: each for loaded in packs().values() for each in loaded.pipelines}


@cache
def record_types() -> dict[str, RecordType]:
    """Every record type of the base registers by its key, in the order of the packs."""
    return {kind.key: kind for loaded in packs().values() for kind in loaded.record_types}


@cache
def report_categories() -> dict[str, ReportCategory]:
    """Every category of reports to the hotline by its key, in the order of the packs."""
    return {each.key: each for loaded in packs().values() for each in loaded.report_categories}


@cache
def procedures() -> dict[str, Procedure]:
    """Every declared procedure by its key, in the order of the packs."""
    return {each.key: each for loaded in packs().values() for each in loaded.procedures}


@cache
def terms() -> dict[str, str]:
    """Short name → IRI for every type and attribute of the packs, published or of their own.

    Where published models give one name several IRIs, the ``terms`` of a pack.yaml decide, else the first
    pack and type in order. A name of a pack's own gets the IRI of its subject's context, else the one the
    core context gives to a name nobody defined: data sent with or without the packs' context means the same.
    """
    found: dict[str, str] = {}
    for loaded in packs().values():
        found |= {term: iri for term, iri in loaded.pack.terms.items() if term not in found}
    for loaded in packs().values():
        for term, iri in _declared(loaded):
            if term not in _KEYWORDS:
                found.setdefault(term, iri)
    return found


@cache
def _subjects() -> dict[str, dict[str, str]]:
    return {context.subject: context.terms for loaded in packs().values() for context in loaded.contexts}


def _declared(loaded: LoadedPack) -> list[tuple[str, str]]:
    """All (short name, IRI) of one pack: types, published attributes, then the pack's own attributes."""
    pairs = [(kind.key, kind.iri) for kind in loaded.entity_types]
    pairs += [(each.key, each.iri) for model in loaded.models for each in model.attributes]
    published = {(model.type, each.key) for model in loaded.models for each in model.attributes}
    for kind in loaded.entity_types:
        subject = _subjects().get(kind.model.subject, {})
        own = [each.key for each in kind.attributes if (kind.key, each.key) not in published]
        pairs += [(key, subject.get(key, DEFAULT_VOCABULARY + key)) for key in own]
    return pairs


@cache
def type_terms(type_key: str) -> dict[str, str]:
    """Short name → IRI as the entity type's own published context has it."""
    for loaded in packs().values():
        for model in loaded.models:
            if model.type == type_key:
                return {model.type: model.iri} | {
                    each.key: each.iri for each in model.attributes if each.key not in _KEYWORDS
                }
    return {}


@cache
def contexts() -> dict[str, dict[str, str]]:
    """The JSON-LD contexts that are understood without the network: URL → short name → IRI."""
    everything = {term: iri for subject in _subjects().values() for term, iri in subject.items()} | terms()
    known = {url: dict(everything) for url in EVERYTHING}
    for loaded in packs().values():
        for context in loaded.contexts:
            known |= {url: dict(context.terms) for url in context.urls}
    return known


@cache
def names() -> dict[str, str]:
    """IRI → short name, also for IRIs that :func:`terms` does not choose for that name."""
    found = {iri: term for context in contexts().values() for term, iri in context.items()}
    for loaded in packs().values():
        found |= {iri: term for term, iri in _declared(loaded)}
    return found | {iri: term for term, iri in terms().items()}


def reload() -> None:
    """Forget what was read; the next question reads the folders again (after a pack was edited)."""
    for cached in (
        packs,
        datasets,
        sources,
        pipelines,
        entity_types,
        _attributes,
        vocabulary,
        record_types,
        report_categories,
        procedures,
        _subjects,
        terms,
        type_terms,
        contexts,
        names,
    ):
        cached.cache_clear()
