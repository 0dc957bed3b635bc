from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dothi.core.decisions import (
    BadDmn,
    Hit,
    Input,
    Output,
    Rule,
    Table,
    as_text,
    compile_table,
    read_dmn,
    write_dmn,
)
from dothi.core.decisions.tests.test_decisions import TYPES, fees, made
from dothi.core.feel import NUMBER, STRING

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_table_comes_back_as_it_was_written(language: str) -> None:
    assert read_dmn(write_dmn(fees(), language)) == [as_text(fees())]


TEXTS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=6)
    .map(str.strip)
    .filter(bool)
)
LABELS = st.one_of(st.just({}), st.builds(lambda vi, en: {"vi": vi, "en": en}, TEXTS, TEXTS))


@given(
    st.integers(0, 10**6),
    st.sampled_from(Hit),
    LABELS,
    LABELS,
    TEXTS,
    st.lists(TEXTS | st.integers(0, 99), max_size=3),
)
def test_any_table_comes_back(seed: int, hit: Hit, label: dict, why: dict, key: str, values: list) -> None:
    declared = made(seed)
    declared = msgspec.structs.replace(
        declared,
        key=key,
        hit=hit,
        label=label,
        aggregate="sum" if hit is Hit.COLLECT else None,
        inputs=[
            msgspec.structs.replace(declared.inputs[0], label=label, values=values),
            *declared.inputs[1:],
        ],
        outputs=[Output("row", "number", values, "3", why)],
        rules=[msgspec.structs.replace(rule, why=why) for rule in declared.rules],
    )
    assert read_dmn(write_dmn(declared)) == [as_text(declared)]


def test_a_file_of_another_editor_is_read() -> None:
    body = f"""<?xml version="1.0"?>{HEAD}
      <inputData id="in" name="Season"/>
      <decision id="dish" name="Dish"><variable name="Dish"/>
        <decisionTable id="t" hitPolicy="COLLECT" aggregation="MAX">
          <input id="i1" label="Guests"><inputExpression typeRef="integer"><text>guests</text></inputExpression></input>
          <input id="i2"><inputExpression typeRef="string"><text>season</text></inputExpression>
            <inputValues><text>"Fall","Winter"</text></inputValues></input>
          <output id="o1" name="price" typeRef="double"/>
          <annotation name="Why"/>
          <rule id="r1"><inputEntry><text>&lt;= 8</text></inputEntry><inputEntry><text></text></inputEntry>
            <outputEntry><text>20</text></outputEntry><annotationEntry><text>few</text></annotationEntry></rule>
        </decisionTable></decision></definitions>"""
    (table,) = read_dmn(body.encode())
    assert table == Table(
        "dish",
        [
            Input("guests", "number", label={"vi": "Guests", "en": "Guests"}),
            Input("season", values=["Fall", "Winter"]),
        ],
        [Output("price", "number")],
        [Rule(["<= 8", "-"], ["20"])],
        Hit.COLLECT,
        "max",
        {"vi": "Dish", "en": "Dish"},
    )
    assert compile_table(table, {"guests": NUMBER, "season": STRING}).decide({"guests": 4}).value == 20


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        b"not xml",
        f"{BOMB}{HEAD}&b;</definitions>".encode(),
        f'<!DOCTYPE d SYSTEM "file:///etc/passwd">{HEAD}</definitions>'.encode(),
        f"{HEAD}</definitions>".encode(),
        f"{HEAD}<decision id='d'><decisionTable/></definitions>".encode(),
        f"{HEAD}<decision id='d'><decisionTable hitPolicy='OUTPUT ORDER'/></decision></definitions>".encode(),
        f"{HEAD}<decision><decisionTable/></decision></definitions>".encode(),
        b'<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>',
    ],
)
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(BadDmn) as caught:
        read_dmn(body)
    assert caught.value.text("vi")


# SpiffWorkflow, where it is installed: it reads the file, and decides the same where cells are also Python


def spiff_table() -> Table:
    return Table(
        "storey-fee",
        [Input("area", "number"), Input("kind")],
        [Output("fee", "number"), Output("note")],
        [
            Rule(["< 100", '"house"'], [50, '"small"'], {"vi": "Mục 1", "en": "Item 1"}),
            Rule([">= 100", '"house"'], [75, '"large"']),
            Rule(["-", '"villa"'], [300, '"villa"']),
        ],
        label={"vi": "Phí theo tầng", "en": "Storey fee"},
    )


def test_the_file_is_valid_against_the_schema_of_the_standard() -> None:
    etree = pytest.importorskip("lxml.etree")
    spiff = pytest.importorskip("SpiffWorkflow.dmn.parser")
    schema = etree.XMLSchema(etree.parse(str(Path(spiff.__file__).parent / "schema" / "DMN13.xsd")))
    for table in (fees(), spiff_table()):
        schema.assertValid(etree.fromstring(write_dmn(table)))


def test_another_implementation_reads_the_file_and_decides_the_same(tmp_path: Path) -> None:
    pytest.importorskip("SpiffWorkflow")
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.camunda.parser import CamundaParser

    (tmp_path / "fee.dmn").write_bytes(write_dmn(spiff_table()))
    (tmp_path / "process.bpmn").write_text(PROCESS)
    parser = CamundaParser()
    parser.add_dmn_file(str(tmp_path / "fee.dmn"))
    parser.add_bpmn_file(str(tmp_path / "process.bpmn"))
    compiled = compile_table(spiff_table(), TYPES)
    for values in (
        {"area": 50, "kind": "house"},
        {"area": 100, "kind": "house"},
        {"area": 1, "kind": "villa"},
    ):
        workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        workflow.get_next_task().data.update(values)
        workflow.do_engine_steps()
        assert workflow.is_completed()
        assert {name: workflow.data[name] for name in ("fee", "note")} == compiled.decide(values).outcome


PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="d" targetNamespace="n">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <bpmn:businessRuleTask id="decide" camunda:decisionRef="storey-fee">
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:businessRuleTask>
    <bpmn:sequenceFlow id="f2" sourceRef="decide" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""
