"""A graph as BPMN 2.0 XML with diagram interchange, so that any viewer shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

import msgspec

from dothi.kernel.cases.engine.bpmn.graph import Flow, Graph, Node, graph_of
from dothi.kernel.cases.engine.bpmn.layout import Box, laid_out
from dothi.kernel.packs.procedures import Procedure

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
DOTHI: Final = "urn:dothi:procedure:1"
FEEL: Final = "https://www.omg.org/spec/DMN/20191111/FEEL/"
_TAGS: Final = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "sub": "subProcess",
    "boundary": "boundaryEvent",
}
for _prefix, _uri in (
    ("bpmn", BPMN),
    ("bpmndi", BPMNDI),
    ("dc", DC),
    ("di", DI),
    ("xsi", XSI),
    ("dothi", DOTHI),
):
    register_namespace(_prefix, _uri)


def export_bpmn(
    procedure: Procedure, language: str = "vi", *, condition: Callable[[str], str] | None = None
) -> str:
    """``procedure`` as BPMN 2.0 XML. ``condition`` rewrites expressions for an executor that reads another language."""
    return xml_of(graph_of(procedure, language), condition)


def xml_of(graph: Graph, condition: Callable[[str], str] | None = None) -> str:
    """The XML of a graph."""
    root = Element(
        f"{{{BPMN}}}definitions",
        {"id": "definitions", "targetNamespace": "urn:dothi:procedures", "expressionLanguage": FEEL},
    )
    for signal in sorted({node.signal for node in graph.nodes.values() if node.signal}):
        SubElement(root, f"{{{BPMN}}}signal", {"id": f"signal_{signal}", "name": signal})
    process_id = "process_" + graph.key.replace("-", "_")
    attributes = {"id": process_id, "name": graph.name, "isExecutable": "true"}
    process = SubElement(root, f"{{{BPMN}}}process", attributes)
    _carried(process, "procedure", graph.carries)
    _filled(process, graph, None, condition)
    _diagram(root, graph, process_id)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _carried(element: Element, name: str, carries: dict[str, Any]) -> None:
    """What BPMN has no words for, as JSON in an extension element that other tools keep."""
    if not carries:
        return
    extension = SubElement(element, f"{{{BPMN}}}extensionElements")
    body = SubElement(extension, f"{{{DOTHI}}}{name}")
    body.text = msgspec.json.encode(carries, order="sorted").decode()


def _filled(
    element: Element, graph: Graph, parent: str | None, condition: Callable[[str], str] | None
) -> None:
    for node in graph.nodes.values():
        if node.parent == parent:
            _node(element, graph, node, condition)
    for flow in graph.flows:
        if flow.parent == parent:
            _flow(element, flow, condition)


def _node(element: Element, graph: Graph, node: Node, condition: Callable[[str], str] | None) -> None:
    attributes = {"id": node.id}
    if node.name:
        attributes["name"] = node.name
    default = next((flow.id for flow in graph.flows if flow.source == node.id and flow.default), None)
    if default is not None:
        attributes["default"] = default
    if node.attached is not None:
        attributes |= {"attachedToRef": node.attached, "cancelActivity": str(node.interrupting).lower()}
    made = SubElement(element, f"{{{BPMN}}}{_TAGS[node.kind]}", attributes)
    _carried(made, "node", node.carries)
    for flow in graph.flows:
        if flow.target == node.id:
            SubElement(made, f"{{{BPMN}}}incoming").text = flow.id
    for flow in graph.flows:
        if flow.source == node.id:
            SubElement(made, f"{{{BPMN}}}outgoing").text = flow.id
    if node.timer is not None:
        definition = SubElement(made, f"{{{BPMN}}}timerEventDefinition", {"id": f"{node.id}_timer"})
        duration = SubElement(
            definition, f"{{{BPMN}}}timeDuration", {f"{{{XSI}}}type": "bpmn:tFormalExpression"}
        )
        duration.text = f'"{node.timer}"' if condition is not None else node.timer
    if node.signal is not None:
        reference = {"id": f"{node.id}_signal", "signalRef": f"signal_{node.signal}"}
        SubElement(made, f"{{{BPMN}}}signalEventDefinition", reference)
    if node.kind == "sub":
        _filled(made, graph, node.id, condition)


def _flow(element: Element, flow: Flow, condition: Callable[[str], str] | None) -> None:
    attributes = {"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target}
    if flow.name:
        attributes["name"] = flow.name
    made = SubElement(element, f"{{{BPMN}}}sequenceFlow", attributes)
    _carried(made, "flow", flow.carries)
    if flow.condition is not None:
        kind = {f"{{{XSI}}}type": "bpmn:tFormalExpression"}
        body = SubElement(made, f"{{{BPMN}}}conditionExpression", kind)
        body.text = flow.condition if condition is None else condition(flow.condition)


def _diagram(root: Element, graph: Graph, process_id: str) -> None:
    boxes, points = laid_out(graph)
    diagram = SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": "diagram"})
    plane = SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", {"id": "plane", "bpmnElement": process_id})
    for node in graph.nodes.values():
        _shape(plane, node, boxes[node.id])
    for flow in graph.flows:
        edge = SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"{flow.id}_di", "bpmnElement": flow.id})
        for x, y in points[flow.id]:
            SubElement(edge, f"{{{DI}}}waypoint", {"x": str(x), "y": str(y)})


def _shape(plane: Element, node: Node, box: Box) -> None:
    attributes = {"id": f"{node.id}_di", "bpmnElement": node.id}
    if node.kind == "exclusive":
        attributes["isMarkerVisible"] = "true"
    if node.kind == "sub":
        attributes["isExpanded"] = "true"
    shape = SubElement(plane, f"{{{BPMNDI}}}BPMNShape", attributes)
    bounds = {"x": str(box.x), "y": str(box.y), "width": str(box.width), "height": str(box.height)}
    SubElement(shape, f"{{{DC}}}Bounds", bounds)
    if node.name and node.kind in ("start", "end", "boundary"):
        label = SubElement(shape, f"{{{BPMNDI}}}BPMNLabel")
        place = {"x": str(box.x - 20), "y": str(box.bottom + 4), "width": "90", "height": "28"}
        SubElement(label, f"{{{DC}}}Bounds", place)
