"""Every procedure of every pack: it loads, every way through it can be walked, every form shown, every text filled."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from dothi.kernel.cases.engine import available, compile_procedure, replay, verify, visible_fields
from dothi.kernel.cases.engine.bpmn import export_bpmn, import_bpmn
from dothi.kernel.cases.engine.examples import examples
from dothi.kernel.cases.engine.showing import shown
from dothi.kernel.cases.engine.types import ActorFacts
from dothi.kernel.cases.engine.walking import missed, walk
from dothi.kernel.letters import filling
from dothi.kernel.packs import procedure_texts, queries
from dothi.kernel.payments.fees.tables import FeeTable

KEYS = sorted(queries.procedures())
NUMERIC = ("integer", "number", "money")


@cache
def compiled(key):
    codes = {each.key: each for pack in queries.packs().values() for each in pack.vocabularies}
    return compile_procedure(queries.procedures()[key], codes)


@cache
def paths(key):
    return tuple(walk(compiled(key), limit=1500))


every_procedure = pytest.mark.parametrize("key", KEYS)


@every_procedure
def test_every_row_of_its_table_lies_on_a_way(key) -> None:
    assert missed(compiled(key), paths(key)) == set()


@every_procedure
def test_every_end_is_reached(key) -> None:
    ends = {name for name, state in compiled(key).states.items() if state.done}
    assert {path.snapshot.state for path in paths(key) if path.done} >= ends - {
        path.snapshot.state for path in paths(key) if not path.done
    }


@every_procedure
def test_the_history_of_every_way_is_sealed_and_gives_the_case_back(key) -> None:
    for path in paths(key):
        assert verify(path.entries) == path.snapshot.seq
    for path in paths(key)[:: max(1, len(paths(key)) // 40)]:
        assert replay(path.entries) == path.snapshot


@every_procedure
def test_somebody_can_do_something_wherever_a_case_stands_open(key) -> None:
    roles = frozenset(compiled(key).procedure.roles)
    actor = ActorFacts(reference="a", roles=roles, is_applicant=True)
    for path in paths(key):
        if not path.done and path.snapshot.phase == "open":
            assert available(compiled(key), path.snapshot, actor, path.entries[-1].at_us)


@every_procedure
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_form_can_be_shown(key, language) -> None:
    for form in compiled(key).forms.values():
        data = next(examples(form))
        assert visible_fields(form, data)
        page = shown(form, data, language)
        assert all(field["label"] for each in page["pages"] for field in each["fields"])
        assert msgspec.json.encode(page)


@every_procedure
def test_every_letter_and_message_can_be_filled(key) -> None:
    procedure = compiled(key).procedure
    facts = dict.fromkeys(procedure_texts.names(procedure), "2026-01-05")
    facts |= dict.fromkeys(("fees.total", "fees.paid"), "75000")
    numbers = {f"data.{name}": 5 for form in compiled(key).forms.values() for name in numeric(form)}
    numbers |= {f"facts.{name}": 5 for name, fact in procedure.facts.items() if fact.type in NUMERIC}
    texts = [each.template for each in procedure.letters.values()]
    texts += [text for each in procedure.messages.values() for text in (each.subject, each.text)]
    for text in texts:
        for language in ("vi", "en"):
            filled = filling.fill(text.text(language), facts | numbers, language)
            assert "{{" not in filled
            assert filling.MISSING not in filled


def numeric(form):
    return [field.key for field in form.fields() if field.declared.type in NUMERIC]


@every_procedure
def test_its_fees_are_a_fee_table(key) -> None:
    fees = compiled(key).procedure.fees
    if isinstance(fees, dict):
        msgspec.convert(fees, FeeTable)


@every_procedure
def test_it_goes_to_bpmn_and_back(key) -> None:
    procedure = compiled(key).procedure
    assert import_bpmn(export_bpmn(procedure)).procedure == procedure
