"""Observations as messages: generic and structure-specific data (SDMX-ML 2.1), SDMX-CSV 1.0, SDMX-JSON 1.0."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from dothi.centres.opendata.catalogue.listing import Words
from dothi.centres.opendata.sdmx.codes import Codes
from dothi.centres.opendata.sdmx.flows import AGENCY, VERSION, Component, Flow
from dothi.centres.opendata.sdmx.observations import Observation, dimensions
from dothi.centres.opendata.sdmx.structure import header
from dothi.core.errors import TooLarge, both

GENERIC: Final = "application/vnd.sdmx.genericdata+xml;version=2.1"
SPECIFIC: Final = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
CSV: Final = "application/vnd.sdmx.data+csv;version=1.0.0"
JSON: Final = "application/vnd.sdmx.data+json;version=1.0.0"
JSON_DRAFT: Final = "application/vnd.sdmx.data+json;version=1.0.0-wd"
MOST_IN_JSON: Final = 200_000
_NS: Final = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"


def generic(flow: Flow, found: Iterable[Observation], at: datetime) -> Iterator[str]:
    """Flat observations, all dimensions at each."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:GenericData xmlns:mes="{_NS}/message" xmlns:gen="{_NS}/data/generic"'
        f' xmlns:com="{_NS}/common"><mes:Header>{header(flow.id, at)}'
        '<mes:Structure structureID="S" dimensionAtObservation="AllDimensions"><com:Structure>'
        f'<Ref id="DSD_{flow.id}" agencyID="{AGENCY}" version="{VERSION}" class="DataStructure" package="datastructure"/>'
        "</com:Structure></mes:Structure></mes:Header>"
        '<mes:DataSet structureRef="S" action="Information">'
    )
    heads = [f'<gen:Value id="{id}" value=' for id in dimensions(flow)]
    attributes = [f'<gen:Value id="{each.id}" value=' for each in flow.attributes]
    for each in found:
        key = "".join(f"{head}{quoteattr(value)}/>" for head, value in zip(heads, each.key, strict=True))
        told = "".join(
            f"{head}{quoteattr(value)}/>"
            for head, value in zip(attributes, each.attributes, strict=True)
            if value
        )
        behind = f"<gen:Attributes>{told}</gen:Attributes>" if told else ""
        yield f"<gen:Obs><gen:ObsKey>{key}</gen:ObsKey><gen:ObsValue value={quoteattr(each.value)}/>{behind}</gen:Obs>"
    yield "</mes:DataSet></mes:GenericData>"


def specific(flow: Flow, found: Iterable[Observation], at: datetime) -> Iterator[str]:
    """The same with the names of the structure as attributes: what clients ask for that know the structure."""
    space = (
        f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={AGENCY}:DSD_{flow.id}({VERSION})"
        ":ObsLevelDim:AllDimensions"
    )
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:StructureSpecificData xmlns:mes="{_NS}/message"'
        f' xmlns:ss="{_NS}/data/structurespecific" xmlns:com="{_NS}/common" xmlns:ns1="{space}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<mes:Header>{header(flow.id, at)}<mes:Structure structureID="S" namespace="{space}"'
        ' dimensionAtObservation="AllDimensions"><com:Structure>'
        f'<Ref id="DSD_{flow.id}" agencyID="{AGENCY}" version="{VERSION}" class="DataStructure" package="datastructure"/>'
        "</com:Structure></mes:Structure></mes:Header>"
        '<mes:DataSet ss:structureRef="S" ss:dataScope="DataStructure" xsi:type="ns1:DataSetType" action="Information">'
    )
    names = [*dimensions(flow), "OBS_VALUE", *(each.id for each in flow.attributes)]
    for each in found:
        values = (*each.key, each.value, *each.attributes)
        pairs = zip(names, values, strict=True)
        yield "<Obs" + "".join(f" {name}={quoteattr(value)}" for name, value in pairs if value) + "/>"
    yield "</mes:DataSet></mes:StructureSpecificData>"


def table(flow: Flow, found: Iterable[Observation]) -> Iterator[str]:
    """SDMX-CSV."""
    buffer = io.StringIO()
    write = csv.writer(buffer, lineterminator="\r\n").writerow
    write(["DATAFLOW", *dimensions(flow), "OBS_VALUE", *(each.id for each in flow.attributes)])
    name = f"{AGENCY}:{flow.id}({VERSION})"
    for each in found:
        write([name, *each.key, each.value, *each.attributes])
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


class _Values:
    """The values of a dimension or attribute, numbered as they are met."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self.known.setdefault(value, len(self.known))


def document(
    flow: Flow, found: Iterable[Observation], codes: dict[str, Codes], at: datetime, language: str
) -> dict[str, Any]:
    """SDMX-JSON with flat observations; raises :class:`TooLarge` for very many: they come as CSV and XML."""
    ids = dimensions(flow)
    keys, attributes = [_Values() for _ in ids], [_Values() for _ in flow.attributes]
    observations: dict[str, list[Any]] = {}
    for each in found:
        if len(observations) >= MOST_IN_JSON:
            raise TooLarge(
                both(
                    "Quá nhiều số liệu cho JSON; hãy lọc, hoặc lấy CSV.",
                    "Too many for JSON: narrow it, or take CSV.",
                )
            )
        key = ":".join(str(known.number(value)) for known, value in zip(keys, each.key, strict=True))
        told = [
            known.number(value) if value else None
            for known, value in zip(attributes, each.attributes, strict=True)
        ]
        observations[key] = [float(each.value), *told]
    names = {each.id: each.column.label for each in flow.components}
    told_dimensions = [
        _component(id, names.get(id, Words()), known, codes.get(id, {}), language) | {"keyPosition": place}
        for place, (id, known) in enumerate(zip(ids, keys, strict=True))
    ]
    told_attributes = [
        _attribute(each, known, language) for each, known in zip(flow.attributes, attributes, strict=True)
    ]
    structure = {
        "name": flow.listing.title.text(language),
        "dimensions": {"dataSet": [], "series": [], "observation": told_dimensions},
        "attributes": {"dataSet": [], "series": [], "observation": told_attributes},
    }
    return {
        "meta": {"id": flow.id, "prepared": at, "test": False, "sender": {"id": AGENCY}},
        "data": {
            "structure": structure,
            "dataSets": [{"action": "Information", "observations": observations}],
        },
    }


def _attribute(each: Component, known: _Values, language: str) -> dict[str, Any]:
    return _component(each.id, each.column.label, known, {}, language)


def _component(id: str, told: Words, known: _Values, codes: Codes, language: str) -> dict[str, Any]:
    values = [{"id": value, "name": codes.get(value, Words(value)).text(language)} for value in known.known]
    return {"id": id, "name": told.text(language) or id, "values": values}


def draft(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the form of the draft before version 1.0, which ECB's and OECD's services gave and libraries read."""
    return {"header": document["meta"], **document["data"]}
