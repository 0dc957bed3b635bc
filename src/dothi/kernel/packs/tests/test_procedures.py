"""Mistakes in a declared procedure are found with their place and the name probably meant."""

from __future__ import annotations

import shutil

import pytest

from dothi.kernel.packs import places
from dothi.kernel.packs.loader import check

KEY = "agency-opinion"


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "hcmc"
    folder.mkdir()
    shutil.copy(places.builtin() / "hcmc" / "pack.yaml", folder)
    (folder / "procedures").mkdir()
    return folder


def problems(pack, old="", new=""):
    text = (places.builtin() / "hcmc" / "procedures" / f"{KEY}.yaml").read_text(encoding="utf-8")
    assert old in text
    (pack / "procedures" / f"{KEY}.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return check([pack])


def test_the_procedure_itself_has_no_problem(pack) -> None:
    assert problems(pack) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "path", "suggestion"),
    [
        ("to: answered", "to: answred", "no-such-name", "states.asked.actions.reply.to", "answered"),
        ("role: adviser", "role: advisor", "no-such-name", "states.asked.actions.reply.role", "adviser"),
        ("form: opinion}", "form: opinon}", "no-such-name", "states.asked.actions.reply.form", "opinion"),
        ("for: [reply]", "for: [replay]", "no-such-name", "documents[0].for[0]", "reply"),
        ("stops_on: [answered", "stops_on: [answer", "no-such-name", "clocks.reply.stops_on[0]", "answered"),
        ("template: soon", "template: son", "no-such-name", "states.asked.timers[0].effects[0].message.template", "soon"),
        ("5 working days, label", "5 workdays, label", "not-an-allowance", "clocks.reply.allowance", None),
        ("'agrees != \"yes\"'", "'agree != \"yes\"'", "not-an-expression", "forms.opinion.pages[0].fields[1].required", "agrees"),
        ("'agrees != \"yes\"'", "'agrees + 1'", "not-an-expression", "forms.opinion.pages[0].fields[1].required", None),
        ("{{ data.about }} cần", "{{ data.abuot }} cần", "placeholder-unknown", "messages.soon.text.vi", "data.about"),
        ("at: warn, effects: [{message: {template: soon, to: adviser}}]", "at: warn, effects: [{}]", "effect-kinds", "states.asked.timers[0].effects[0]", None),
        ("at: warn, effects: [{message: {template: soon, to: adviser}}]", "at: warn", "timer-kinds", "states.asked.timers[0]", None),
        ("phase: done, outcome: withdrawn", "phase: done", "action-goes-nowhere", "states.withdrawn", None),
        ("to: withdrawn, role", "to: answered, role", "state-unreachable", "states.withdrawn", None),
        ("{label: {vi: Đã rút, en: Withdrawn}, phase: done, outcome: withdrawn}", "{label: {vi: Đã rút, en: Withdrawn}}", "state-dead-end", "states.withdrawn", None),
    ],
)  # fmt: skip
def test_each_mistake_is_told_at_its_place(pack, old, new, code, path, suggestion) -> None:
    found = problems(pack, old, new)
    assert [(each.code, each.path, each.suggestion) for each in found if each.code == code] == [
        (code, path, suggestion)
    ]
    assert all(each.text("vi") and each.text("en") for each in found)
