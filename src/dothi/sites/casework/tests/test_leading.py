"""A leader sees what is late and may become so, where, and every figure of Decision 766 down to its cases."""

import pytest

from dothi.core.clock import HCMC, now
from dothi.kernel.cases import actions, lateness, queries
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.sites.casework.tests.test_desk import WARD, dossier, signed_in, ward

__all__ = ["dossier", "ward"]
pytestmark = pytest.mark.django_db
OFFICER = Actor("account", "o", "o", (Grant("cases.*", unit=WARD),), account="o")


@pytest.fixture
def leader(dossier):
    return signed_in("case-leader", email="leader@example.org")


def test_the_view_says_when_there_is_not_enough_data(leader, dossier):
    shown = leader.get("/desk/leader/").content.decode()
    assert dossier.code in shown
    assert "chưa đủ hồ sơ" in shown
    assert "<circle" in shown


def test_finished_cases_are_learnt_from(monkeypatch, leader, dossier):
    actions.act(dossier.id, "accept", by=OFFICER)
    actions.act(dossier.id, "refuse", by=OFFICER, note="thử")
    stays = lateness._finished(["birth-registration"], simulated=False)
    assert {each.state for each in stays} == {"submitted", "in-review"}
    assert all(each.decided_us >= each.entered_us for each in stays)


def test_every_figure_leads_to_its_cases(leader, dossier):
    actions.act(dossier.id, "refuse-intake", by=OFFICER, note="thử")
    month = f"{now().astimezone(HCMC):%Y-%m}"
    shown = leader.get(f"/desk/leader/figures/?unit={WARD}&month={month}").content.decode()
    assert f"/desk/leader/figures/received/?month={month}" in shown
    for measure in ("received", "closed", "on_time", "online", "published", "digitised"):
        assert (
            dossier.code
            in leader.get(f"/desk/leader/figures/{measure}/?month={month}&unit={WARD}").content.decode()
        )
    assert (
        dossier.code
        not in leader.get(f"/desk/leader/figures/late/?month={month}&unit={WARD}").content.decode()
    )
    sheet = leader.get(f"/desk/leader/figures.csv?unit={WARD}&month={month}").content.decode()
    assert sheet.splitlines()[1].startswith(f"{month},{WARD},Phường Sài Gòn,1,1,1,0,0,1")


def test_other_units_and_the_whole_city_are_refused(leader, dossier):
    assert leader.get("/desk/leader/figures/received/").status_code == 403
    assert leader.get("/desk/leader/figures/received/?unit=26743").status_code == 403
    assert leader.get("/desk/leader/figures/nothing/").status_code == 404
    nobody = signed_in(email="p@example.org")
    assert nobody.get("/desk/leader/").status_code == 403
    assert queries.get(dossier.id, by=SYSTEM).code == dossier.code
