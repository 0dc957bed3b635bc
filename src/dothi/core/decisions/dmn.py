"""Decision tables as DMN 1.3 XML with a diagram, written and read; other implementations read the same files.

What DMN has no place for (labels in two languages, why a rule is there) stands in ``extensionElements`` of our own, and
in one language where DMN shows it. Files come from outside: a DOCTYPE is refused, so nothing is ever expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, indent, register_namespace, tostring
from xml.parsers import expat

from dothi.core.decisions.declarations import Hit, Input, Label, Output, Rule, Table, feel, literal
from dothi.core.errors import BadInput, both
from dothi.core.feel import FeelError, parse_type
from dothi.core.feel.expression import compile as compile_feel

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"
OURS = "urn:dothi:dmn:1"
NAMESPACES = {"": DMN, "dmndi": DMNDI, "dc": DC, "dothi": OURS}
_READ = {
    DMN,
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
}
LARGEST = 5_000_000
_POLICIES = {
    Hit.UNIQUE: "UNIQUE", Hit.FIRST: "FIRST", Hit.ANY: "ANY", Hit.PRIORITY: "PRIORITY", Hit.COLLECT: "COLLECT",
    Hit.RULE_ORDER: "RULE ORDER",
}  # fmt: skip
_NOT_ID = re.compile(r"[^\w.-]")


class BadDmn(BadInput):
    """XML that is no DMN we can read; says which part."""

    kind = "bad-dmn"
    title = both("Tệp DMN không hợp lệ", "Invalid DMN")


def write_dmn(table: Table, language: str = "vi") -> bytes:
    """``table`` as a DMN 1.3 file, with labels and reasons in ``language`` where DMN has one language."""
    key = _id(table.key)
    root = Element(
        _q("definitions"),
        {
            "id": f"definitions_{key}",
            "name": _told(table.label, language) or table.key,
            "namespace": OURS,
            "expressionLanguage": FEEL,
        },
    )
    decision = SubElement(
        root, _q("decision"), {"id": key, "name": _told(table.label, language) or table.key}
    )
    _extend(decision, table.label, key=table.key)
    attributes = {
        "id": f"table_{key}",
        "hitPolicy": _POLICIES[table.hit],
        "preferredOrientation": "Rule-as-Row",
    }
    if table.aggregate:
        attributes["aggregation"] = table.aggregate.upper()
    body = SubElement(decision, _q("decisionTable"), attributes)
    for index, column in enumerate(table.inputs):
        _write_input(body, f"{key}_input_{index + 1}", column, language)
    for index, result in enumerate(table.outputs):
        _write_output(body, f"{key}_output_{index + 1}", result, language)
    for index, rule in enumerate(table.rules):
        _write_rule(body, f"{key}_rule_{index + 1}", rule, language)
    _draw(root, key)
    for prefix, uri in NAMESPACES.items():
        register_namespace(prefix, uri)
    indent(root)
    found: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return found


def _q(name: str, space: str = DMN) -> str:
    return f"{{{space}}}{name}"


def _id(key: str) -> str:
    """A key as an XML name."""
    name = _NOT_ID.sub("_", key)
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"


def _told(label: Label, language: str) -> str:
    return label.get(language) or label.get("en") or ""


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, _q(tag), attributes)
    SubElement(element, _q("text")).text = text
    return element


def _extend(parent: Element, label: Label, **attributes: str) -> None:
    if not label and not attributes:
        return
    extension = SubElement(parent, _q("extensionElements"))
    if attributes:
        SubElement(extension, _q("table", OURS), attributes)
    for language, text in label.items():
        SubElement(extension, _q("label", OURS), {"language": language}).text = text


def _write_input(body: Element, key: str, column: Input, language: str) -> None:
    element = SubElement(
        body, _q("input"), {"id": key, "label": _told(column.label, language) or column.expression}
    )
    _extend(element, column.label)
    _text(element, "inputExpression", column.expression, id=f"{key}_expression", typeRef=column.type)
    if column.values:
        _text(element, "inputValues", ",".join(map(literal, column.values)), id=f"{key}_values")


def _write_output(body: Element, key: str, column: Output, language: str) -> None:
    element = SubElement(
        body,
        _q("output"),
        {
            "id": key,
            "name": column.name,
            "label": _told(column.label, language) or column.name,
            "typeRef": column.type,
        },
    )
    _extend(element, column.label)
    if column.values:
        _text(element, "outputValues", ",".join(map(literal, column.values)), id=f"{key}_values")
    if column.default is not None:
        _text(element, "defaultOutputEntry", feel(column.default, "null"), id=f"{key}_default")


def _write_rule(body: Element, key: str, rule: Rule, language: str) -> None:
    element = SubElement(body, _q("rule"), {"id": key})
    if told := _told(rule.why, language):
        SubElement(element, _q("description")).text = told
    _extend(element, rule.why)
    for index, cell in enumerate(rule.when):
        _text(element, "inputEntry", feel(cell), id=f"{key}_when_{index + 1}")
    for index, cell in enumerate(rule.then):
        _text(element, "outputEntry", feel(cell, "null"), id=f"{key}_then_{index + 1}")


def _draw(root: Element, key: str) -> None:
    """A picture of the one decision, as an editor places it."""
    diagram = SubElement(
        SubElement(root, _q("DMNDI", DMNDI)), _q("DMNDiagram", DMNDI), {"id": f"diagram_{key}"}
    )
    shape = SubElement(diagram, _q("DMNShape", DMNDI), {"id": f"shape_{key}", "dmnElementRef": key})
    SubElement(shape, _q("Bounds", DC), {"x": "160", "y": "100", "width": "180", "height": "80"})


# Reading


def read_dmn(body: bytes) -> list[Table]:
    """The decision tables of a DMN 1.2 to 1.5 file; raises :class:`BadDmn`. What a table says is checked when it is compiled."""
    root = _parsed(body)
    if root.tag.rpartition("}")[0].lstrip("{") not in _READ or _name(root) != "definitions":
        raise BadDmn(both("Tệp không phải DMN 1.2 đến 1.5", "The file is not DMN 1.2 to 1.5"))
    found = [
        _table(decision, body)
        for decision in _all(root, "decision")
        for body in _all(decision, "decisionTable")
    ]
    if not found:
        raise BadDmn(both("Tệp không có bảng quyết định", "The file has no decision table"))
    return found


def _parsed(body: bytes) -> Element:
    """The root element. A DOCTYPE, with which entities are declared, is refused."""
    if len(body) > LARGEST:
        raise BadDmn(both("Tệp quá lớn", "The file is too large"))
    parser = expat.ParserCreate(namespace_separator="}")
    builder = TreeBuilder()

    def refuse(*_: object) -> None:
        raise BadDmn(both("Tệp có DOCTYPE, không được nhận", "A file with a DOCTYPE is not taken"))

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(_expanded(tag), {_expanded(name): value for name, value in attributes.items()})

    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: builder.end(_expanded(tag))
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(body, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError) as error:
        raise BadDmn(both(f"XML sai: {error}", f"Not well-formed: {error}")) from error


def _expanded(name: str) -> str:
    return "{" + name if "}" in name else name


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _name(child) == name)


def _one(element: Element, name: str) -> Element | None:
    return next(_all(element, name), None)


def _cell(element: Element | None, name: str = "text") -> str:
    """The text inside ``<text>``."""
    inner = _one(element, name) if element is not None else None
    return (inner.text or "").strip() if inner is not None else ""


def _label(element: Element, told: str | None) -> Label:
    """The label in both languages as we wrote it; of others' files the one there is, for both."""
    extension = _one(element, "extensionElements")
    ours = [] if extension is None else [child for child in extension if child.tag == _q("label", OURS)]
    if ours:
        return {child.get("language", "en"): child.text or "" for child in ours}
    return both(told, told) if told else {}


def _key(decision: Element) -> str:
    extension = _one(decision, "extensionElements")
    ours = None if extension is None else extension.find(_q("table", OURS))
    key = ours.get("key") if ours is not None else decision.get("id")
    if not key:
        raise BadDmn(both("Bảng không có id", "A decision has no id"), where="decision")
    return key


def _table(decision: Element, body: Element) -> Table:
    key = _key(decision)
    policy = body.get("hitPolicy", "UNIQUE").upper()
    hit = next((hit for hit, name in _POLICIES.items() if name == policy), None)
    if hit is None:
        raise BadDmn(
            both(f"Không nhận hit policy {policy}", f"The hit policy {policy} is not taken"), where=key
        )
    aggregate = body.get("aggregation", "").lower() or None
    if aggregate not in (None, "sum", "min", "max", "count"):
        raise BadDmn(
            both(f"Không có cách tổng hợp {aggregate}", f"There is no aggregate {aggregate}"), where=key
        )
    named = decision.get("name")
    return Table(
        key=key,
        hit=hit,
        aggregate=aggregate,  # type: ignore[arg-type]
        label=_label(decision, named if named != key else None),
        inputs=[_input(element) for element in _all(body, "input")],
        outputs=[_output(element, place, decision) for place, element in enumerate(_all(body, "output"))],
        rules=[_rule(element) for element in _all(body, "rule")],
    )


def _input(element: Element) -> Input:
    expression = _one(element, "inputExpression")
    text = _cell(expression)
    told = element.get("label")
    return Input(
        expression=text,
        type=_type(expression.get("typeRef") if expression is not None else None),
        values=_values(_cell(_one(element, "inputValues"))),
        label=_label(element, told if told != text else None),
    )


def _output(element: Element, place: int, decision: Element) -> Output:
    name = element.get("name") or (decision.get("id") or "output" if place == 0 else f"output {place + 1}")
    told = element.get("label")
    return Output(
        name=name,
        type=_type(element.get("typeRef")),
        values=_values(_cell(_one(element, "outputValues"))),
        default=_cell(_one(element, "defaultOutputEntry")) or None,
        label=_label(element, told if told != name else None),
    )


def _rule(element: Element) -> Rule:
    return Rule(
        when=[_cell(entry) or "-" for entry in _all(element, "inputEntry")],
        then=[_cell(entry) or "null" for entry in _all(element, "outputEntry")],
        why=_label(element, _cell(element, "description") or None),
    )


def _type(name: str | None) -> str:
    """A type by its name, with or without a prefix; of a name we do not know, any."""
    plain = (name or "any").rpartition(":")[2]
    try:
        return parse_type(plain).kind if not plain.startswith("list") else plain
    except BadInput:
        return "any"


def _values(text: str) -> list[str | int | float]:
    """The constants of a list of allowed values; a list that holds anything else limits nothing."""
    if not text:
        return []
    try:
        found = compile_feel(f"[{text}]", {})({})
    except FeelError:
        return []
    plain = [
        float(value) if isinstance(value, Decimal) else value
        for value in found
        if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool)
    ]
    return plain if len(plain) == len(found) else []
