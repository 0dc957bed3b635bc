"""Procedures as BPMN and back."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from dothi.kernel.cases.engine.bpmn import export_bpmn, import_bpmn
from dothi.kernel.cases.engine.bpmn.drafting import allowance
from dothi.kernel.cases.engine.bpmn.reading import BadBpmn

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"

FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
  <process id="p1" name="Cấp bản sao">
    <laneSet><lane id="l" name="Một cửa"><flowNodeRef>a</flowNodeRef></lane></laneSet>
    <startEvent id="s"/><userTask id="a" name="Tiếp nhận"/><exclusiveGateway id="g" default="f4"/>
    <userTask id="b" name="Thẩm định"/><endEvent id="e" name="Xong"/><endEvent id="r" name="Từ chối"/>
    <parallelGateway id="p"/><task id="t1" name="Vẽ"/><task id="t2" name="Đo"/><parallelGateway id="j"/>
    <boundaryEvent id="x" attachedToRef="b"><timerEventDefinition><timeDuration>P10D</timeDuration></timerEventDefinition></boundaryEvent>
    <dataObjectReference id="d"/><serviceTask id="z" name="Tra cứu"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="g"/>
    <sequenceFlow id="f3" name="Không đủ" sourceRef="g" targetRef="r"><conditionExpression>data.pages &lt; 1</conditionExpression></sequenceFlow>
    <sequenceFlow id="f4" name="Đủ" sourceRef="g" targetRef="b"/><sequenceFlow id="f5" sourceRef="b" targetRef="p"/>
    <sequenceFlow id="f6" sourceRef="p" targetRef="t1"/><sequenceFlow id="f7" sourceRef="p" targetRef="t2"/>
    <sequenceFlow id="f8" sourceRef="t1" targetRef="j"/><sequenceFlow id="f9" sourceRef="t2" targetRef="j"/>
    <sequenceFlow id="fa" sourceRef="j" targetRef="z"/><sequenceFlow id="fb" sourceRef="z" targetRef="e"/>
    <sequenceFlow id="fc" name="Trễ" sourceRef="x" targetRef="r"/>
  </process>
</definitions>"""


@pytest.fixture(scope="module")
def permit(declared):
    return declared()


def test_what_is_exported_comes_back_the_same(permit) -> None:
    draft = import_bpmn(export_bpmn(permit))
    assert draft.procedure == permit
    assert draft.not_understood == ()


def test_every_shape_and_arrow_is_drawn_once_and_apart(permit) -> None:
    root = ElementTree.fromstring(export_bpmn(permit, "en"))
    flows = [each.get("id") for each in root.iter(f"{BPMN}sequenceFlow")]
    drawn = [each.get("bpmnElement") for each in root.iter(f"{DI}BPMNEdge")]
    assert sorted(flows) == sorted(drawn)
    boxes = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find("{http://www.omg.org/spec/DD/20100524/DC}Bounds")
        boxes[shape.get("bpmnElement")] = tuple(int(bounds.get(key)) for key in ("x", "y", "width", "height"))
    nodes = {
        each.get("id")
        for each in root.iter()
        if each.tag.startswith(BPMN) and each.find(f"{BPMN}incoming") is not None
    }
    assert nodes <= set(boxes)
    outer = [key for key in boxes if key.startswith("state_")]
    for index, one in enumerate(outer):
        for other in outer[index + 1 :]:
            assert not overlap(boxes[one], boxes[other]), (one, other)


def overlap(a, b) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def test_a_file_of_another_tool_becomes_a_draft_with_what_was_not_understood() -> None:
    draft = import_bpmn(FOREIGN)
    states = draft.procedure.states
    assert draft.procedure.label.vi == "Cấp bản sao"
    assert draft.procedure.start.state == "tiep-nhan"
    assert states["tiep-nhan"].actions["khong-du"].guard == "data.pages < 1"
    assert states["tiep-nhan"].actions["du"].role == "mot-cua"
    assert states["tham-dinh"].timers[0].after == "10 days"
    assert states["tham-dinh"].timers[0].do == "tre"
    work = next(state for state in states.values() if state.tasks is not None)
    assert [each.label.vi for each in work.tasks.items] == ["Vẽ", "Đo"]
    assert states["xong"].phase == "done"
    assert {each["element"] for each in draft.not_understood} == {"dataObjectReference", "serviceTask"}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        FOREIGN.replace('sourceRef="s"', 'sourceRef="q"'),
    ],
)
def test_what_is_not_a_process_is_refused(xml) -> None:
    with pytest.raises(BadBpmn):
        import_bpmn(xml)


def test_periods_of_one_part_are_allowances() -> None:
    assert [allowance(each) for each in ("P5D", "P2W", "PT4H", "PT30M", "P1DT2H", "x", "P")] == [
        "5 days", "14 days", "4 hours", "30 minutes", None, None, None,
    ]  # fmt: skip
