"""Dataflows, structures, code lists and concepts as SDMX-ML 2.1. Pure but for the code lists given to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from dothi.centres.opendata.catalogue.listing import Words
from dothi.centres.opendata.sdmx.codes import Codes, list_id
from dothi.centres.opendata.sdmx.flows import AGENCY, MEASURE, TIME, VERSION, Component, Flow

MEDIA_TYPE: Final = "application/vnd.sdmx.structure+xml;version=2.1"
_NS: Final = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_HEAD: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Structure xmlns:mes="{_NS}/message" xmlns:str="{_NS}/structure"'
    f' xmlns:com="{_NS}/common">'
)
_OWN: Final = f'agencyID="{AGENCY}" version="{VERSION}" isFinal="true"'
_TYPES: Final = {"integer": "BigInteger", "number": "Double", "boolean": "Boolean", "date": "GregorianDay", "datetime": "DateTime"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to tell: dataflows, and of which of them structures, code lists and concepts."""

    agencies: bool = False
    flows: tuple[Flow, ...] = ()
    structures: tuple[Flow, ...] = ()
    concepts: tuple[Flow, ...] = ()
    codelists: Mapping[str, tuple[Flow, Mapping[str, Codes]]] = field(default_factory=dict)
    lists: bool = False  # whether the code lists themselves are told
    only_list: str = ""


def header(id: str, at: datetime) -> str:
    """The header every message has."""
    return (
        f"<mes:ID>{escape(id)}</mes:ID><mes:Test>false</mes:Test>"
        f'<mes:Prepared>{at.isoformat(timespec="seconds")}</mes:Prepared><mes:Sender id="{AGENCY}"/>'
    )


def document(wanted: Wanted, at: datetime) -> Iterator[str]:
    """The message in pieces, in the order its schema asks for."""
    yield f"{_HEAD}<mes:Header>{header('structure', at)}</mes:Header><mes:Structures>"
    if wanted.agencies:
        yield (
            '<str:OrganisationSchemes><str:AgencyScheme id="AGENCIES" agencyID="SDMX" version="1.0"><com:Name>Agencies'
            f'</com:Name><str:Agency id="{AGENCY}"><com:Name>dothi</com:Name></str:Agency></str:AgencyScheme></str:OrganisationSchemes>'
        )
    yield from _wrapped("Dataflows", (_dataflow(each) for each in wanted.flows))
    lists = (
        _codelist(list_id(flow, name), flow, codes)
        for flow, found in (wanted.codelists.values() if wanted.lists else ())
        for name, codes in found.items()
        if wanted.only_list in ("", list_id(flow, name))
    )
    yield from _wrapped("Codelists", lists)
    yield from _wrapped("Concepts", (_concepts(each) for each in wanted.concepts))
    structures = (_datastructure(each, wanted.codelists[each.id][1]) for each in wanted.structures)
    yield from _wrapped("DataStructures", structures)
    yield "</mes:Structures></mes:Structure>"


def _wrapped(name: str, pieces: Iterable[str]) -> Iterator[str]:
    opened = False
    for piece in pieces:
        yield piece if opened else f"<str:{name}>{piece}"
        opened = True
    if opened:
        yield f"</str:{name}>"


def names(words: Words, fallback: str, tag: str = "Name") -> str:
    """A text in both languages."""
    told = {language: text for language, text in words.facts().items() if text} or {"en": fallback}
    return "".join(
        f'<com:{tag} xml:lang="{language}">{escape(text)}</com:{tag}>' for language, text in told.items()
    )


def _dataflow(flow: Flow) -> str:
    described = names(flow.listing.description, "", "Description") if flow.listing.description.vi else ""
    return (
        f'<str:Dataflow id="{flow.id}" {_OWN}>{names(flow.listing.title, flow.id)}{described}'
        f'<str:Structure><Ref id="DSD_{flow.id}" agencyID="{AGENCY}" version="{VERSION}" package="datastructure"'
        ' class="DataStructure"/></str:Structure></str:Dataflow>'
    )


def _codelist(id: str, flow: Flow, codes: Codes) -> str:
    items = "".join(
        f"<str:Code id={quoteattr(code)}>{names(told, code)}</str:Code>" for code, told in codes.items()
    )
    return f'<str:Codelist id="{id}" {_OWN}>{names(flow.listing.title, id)}{items}</str:Codelist>'


def _concepts(flow: Flow) -> str:
    own = "".join(
        f'<str:Concept id="{each.id}">{names(each.column.label, each.column.name)}'
        f"{names(each.column.description, '', 'Description') if each.column.description.vi else ''}</str:Concept>"
        for each in flow.components
    )
    measure = f'<str:Concept id="{MEASURE}">{names(Words("Chỉ tiêu", "Measure"), MEASURE)}</str:Concept>'
    value = f'<str:Concept id="OBS_VALUE">{names(Words("Giá trị", "Value"), "OBS_VALUE")}</str:Concept>'
    return (
        f'<str:ConceptScheme id="CS_{flow.id}" {_OWN}>{names(flow.listing.title, flow.id)}{own}{measure}{value}'
        "</str:ConceptScheme>"
    )


def _identity(flow: Flow, id: str) -> str:
    return (
        f'<str:ConceptIdentity><Ref id="{id}" maintainableParentID="CS_{flow.id}" maintainableParentVersion="{VERSION}"'
        f' agencyID="{AGENCY}" package="conceptscheme" class="Concept"/></str:ConceptIdentity>'
    )


def _representation(flow: Flow, id: str, kind: str, coded: bool) -> str:
    if coded:
        inner = (
            f'<str:Enumeration><Ref id="{list_id(flow, id)}" agencyID="{AGENCY}" version="{VERSION}" package="codelist"'
            ' class="Codelist"/></str:Enumeration>'
        )
    else:
        inner = f'<str:TextFormat textType="{_TYPES.get(kind, "String")}"/>'
    return f"<str:LocalRepresentation>{inner}</str:LocalRepresentation>"


def _datastructure(flow: Flow, coded: Mapping[str, Codes]) -> str:
    dimensions = [
        f'<str:Dimension id="{id}" position="{place}">{_identity(flow, id)}'
        f"{_representation(flow, id, kind, id in coded)}</str:Dimension>"
        for place, (id, kind) in enumerate(_dimensions(flow), 1)
    ]
    if flow.time is not None:
        form = '<str:LocalRepresentation><str:TextFormat textType="ObservationalTimePeriod"/></str:LocalRepresentation>'
        dimensions.append(
            f'<str:TimeDimension id="{TIME}" position="{len(dimensions) + 1}">{_identity(flow, TIME)}{form}</str:TimeDimension>'
        )
    attributes = "".join(_attribute(flow, each) for each in flow.attributes)
    if attributes:
        attributes = f'<str:AttributeList id="AttributeDescriptor">{attributes}</str:AttributeList>'
    return (
        f'<str:DataStructure id="DSD_{flow.id}" {_OWN}>{names(flow.listing.title, flow.id)}<str:DataStructureComponents>'
        f'<str:DimensionList id="DimensionDescriptor">{"".join(dimensions)}</str:DimensionList>{attributes}'
        f'<str:MeasureList id="MeasureDescriptor"><str:PrimaryMeasure id="OBS_VALUE">{_identity(flow, "OBS_VALUE")}'
        f"{_representation(flow, 'OBS_VALUE', 'number', False)}</str:PrimaryMeasure></str:MeasureList>"
        "</str:DataStructureComponents></str:DataStructure>"
    )


def _dimensions(flow: Flow) -> list[tuple[str, str]]:
    return [*((each.id, each.column.type) for each in flow.dimensions), (MEASURE, "string")]


def _attribute(flow: Flow, each: Component) -> str:
    return (
        f'<str:Attribute id="{each.id}" assignmentStatus="Conditional">{_identity(flow, each.id)}'
        f"{_representation(flow, each.id, each.column.type, False)}"
        '<str:AttributeRelationship><str:PrimaryMeasure><Ref id="OBS_VALUE"/></str:PrimaryMeasure></str:AttributeRelationship>'
        "</str:Attribute>"
    )
