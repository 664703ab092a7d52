"""Pages of alerts and rules: what they show, who may do what, what is refused and where."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from caretally import clock
from caretally.journal.entries import ContactHeld
from caretally.practice.alerting import judge_due
from caretally.triage.alerts import Alert, alerts_of
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter
from tests.integration.web.test_alerting import ADA, EDIE, pressure, put

PLACE = f"/p/{LAKESIDE}"
NEW_RULE = {
    "entry": "ent_rule_1", "rule": "systolic_pressure", "scope": "practice", "test": "value",
    "metric": "8480-6", "low": "100", "high": "150", "unit": "mm[Hg]", "level": "urgent",
    "answer_minutes": "120", "active": "yes",
}  # fmt: skip


@pytest.fixture
def edie(demo: Demo) -> Alert:
    """Return the one alert of the cast, raised."""
    judge_due(demo.journal, clock.now(), 1_000)
    return alert_of(demo)


def alert_of(demo: Demo, patient: str = EDIE) -> Alert:
    """Return the first alert of a patient as it stands."""
    chart = demo.office("rosa").open_chart(patient, purpose="test")
    return next(iter(alerts_of(chart.record.in_force, patient).values()))


def address(alert: Alert, what: str = "") -> str:
    """Return the address of an alert, or of something done about it."""
    return f"{PLACE}/patients/{alert.patient}/alerts/{alert.alert}/{what}"


def talk_of(start: datetime) -> ContactHeld:
    """Return ten minutes of conversation with the nurse."""
    return ContactHeld(
        program="rpm", mode="telephone", start=start, end=start + timedelta(minutes=10),
        performers=("stf_rosa",), spoke_with="patient", two_way=True, topics=("symptoms",),
    )  # fmt: skip


def test_the_worklist_shows_open_alerts_first_and_who_answers(
    demo: Demo, enter: Enter, edie: Alert
) -> None:
    rosa = enter("rosa")
    page = rosa.get(f"{PLACE}/worklist/").content.decode()
    assert page.index('id="alerts"') < page.index('id="worklist"')
    assert edie.says.replace("’", "'") in page
    assert "nobody answers yet" in page
    assert "answer within" in page
    entry = re.search(r'name="entry" value="(ent_\w+)"', page)
    assert entry
    form = {"entry": entry[1], "back": f"{PLACE}/worklist/"}
    answer = rosa.post(address(edie, "acknowledge"), form)
    assert (answer.status_code, answer["Location"]) == (302, f"{PLACE}/worklist/")
    assert rosa.post(address(edie, "acknowledge"), form).status_code == 302
    assert alert_of(demo).acknowledged_by == "stf_rosa"
    assert "taken on by Rosa Delgado" in rosa.get(f"{PLACE}/worklist/").content.decode()


def test_an_open_list_follows_and_is_not_answered_twice(
    demo: Demo, enter: Enter, edie: Alert
) -> None:
    rosa = enter("rosa")
    part = rosa.get(f"{PLACE}/alerts/open")
    assert part.status_code == 200
    assert EDIE.encode() in part.content
    again = rosa.get(f"{PLACE}/alerts/open", headers={"If-None-Match": part["ETag"]})
    assert again.status_code == 304
    at = clock.now() - timedelta(minutes=3)
    put(demo, pressure(at, 191), at)
    judge_due(demo.journal, clock.now())
    changed = rosa.get(f"{PLACE}/alerts/open", headers={"If-None-Match": part["ETag"]})
    assert changed.status_code == 200
    page = changed.content.decode()
    assert page.index("Emergent") < page.index("Urgent")


def test_the_page_of_an_alert_says_why_and_closing_needs_an_outcome(
    demo: Demo, enter: Enter, edie: Alert
) -> None:
    lin = enter("lin")
    page = lin.get(address(edie)).content.decode()
    assert "starting point" in page
    assert "TELBIL" in page
    assert "confidence" in page
    missing = lin.post(address(edie, "close"), {"entry": "ent_c1", "outcome": ""})
    assert missing.status_code == 422
    assert 'id="close-e-outcome"' in missing.content.decode()
    noted = lin.post(address(edie, "close"), {"entry": "ent_c1", "outcome": "no_action_needed"})
    assert noted.status_code == 422
    assert 'id="close-e-note"' in noted.content.decode()
    assert alert_of(demo).is_open
    done = {"entry": "ent_c1", "outcome": "no_action_needed", "note": "known and stable"}
    assert lin.post(address(edie, "close"), done).status_code == 302
    assert alert_of(demo).outcome == "no_action_needed"
    assert "known and stable" in lin.get(address(edie)).content.decode()
    assert lin.post(address(edie, "undo"), {"entry": "ent_u1"}).status_code == 302
    assert alert_of(demo).is_open
    assert (
        lin.post(address(edie, "assign"), {"entry": "ent_a1", "owner": "nobody"}).status_code == 422
    )
    assert (
        lin.post(address(edie, "assign"), {"entry": "ent_a1", "owner": "stf_rosa"}).status_code
        == 302
    )
    assert alert_of(demo).owner == "stf_rosa"


def test_a_list_leads_elsewhere_only_within_the_program(enter: Enter, edie: Alert) -> None:
    for back in ("https://elsewhere.example/", "//elsewhere.example/", "worklist"):
        answer = enter("rosa").post(address(edie, "acknowledge"), {"back": back})
        if answer.status_code == 302:
            assert answer["Location"] == address(edie)


@pytest.mark.parametrize(
    ("login", "sees", "answers", "signs"),
    [("rosa", 200, 302, 403), ("lin", 200, 302, 200), ("bea", 200, 403, 403),
     ("otto", 200, 403, 403), ("amir", 403, 403, 403)],
)  # fmt: skip
def test_roles(enter: Enter, edie: Alert, login: str, sees: int, answers: int, signs: int) -> None:
    client: Client = enter(login)
    for path in (address(edie), f"{PLACE}/alerts/", f"{PLACE}/rules/"):
        assert client.get(path).status_code == sees, path
    assert client.post(address(edie, "acknowledge"), {}).status_code == answers
    assert client.get(f"{PLACE}/rules/new").status_code == signs
    assert client.post(f"{PLACE}/rules/new", NEW_RULE).status_code == (302 if signs == 200 else 403)


def test_a_rule_is_tried_out_signed_and_stands_with_its_versions(
    demo: Demo, enter: Enter, edie: Alert
) -> None:
    lin = enter("lin")
    listed = lin.get(f"{PLACE}/rules/").content.decode()
    assert "For heart failure" in listed
    assert "3 lb in a day" in listed
    adopt = f"{PLACE}/rules/new?rule=systolic_pressure&scope=practice"
    assert 'value="160"' in lin.get(adopt).content.decode()
    tried = lin.post(f"{PLACE}/rules/new", {**NEW_RULE, "preview": "1"})
    assert tried.status_code == 200
    assert "In the last 30 days" in tried.content.decode()
    assert "signed</span> Wei Lin" not in lin.get(f"{PLACE}/rules/").content.decode()
    assert lin.post(f"{PLACE}/rules/new", NEW_RULE).status_code == 302
    again = {**NEW_RULE, "entry": "ent_rule_2", "high": "155"}
    assert lin.post(f"{PLACE}/rules/new", again).status_code == 302
    listed = lin.get(f"{PLACE}/rules/").content.decode()
    assert "signed</span> Wei Lin" in listed
    assert "1 earlier version" in listed
    mine = lin.get(f"{PLACE}/patients/{ADA}/rules/").content.decode()
    assert "Below 100 mmHg or above 155 mmHg" in mine
    assert "a nearer one holds" in mine
    off = {**NEW_RULE, "entry": "ent_rule_3", "active": "no"}
    assert lin.post(f"{PLACE}/patients/{ADA}/rules/new", off).status_code == 302
    assert "switched off" in lin.get(f"{PLACE}/patients/{ADA}/rules/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"high": "abc"}, "high"),
        ({"high": "90"}, "high"),
        ({"low": "", "high": ""}, "high"),
        ({"unit": "kg"}, "unit"),
        ({"metric": ""}, "metric"),
        ({"scope": "condition"}, "condition"),
        ({"scope": "condition", "condition": "heart"}, "condition"),
        ({"scope": "program"}, "program"),
        ({"test": "rise"}, "rise"),
        ({"test": "average"}, "days"),
        ({"rule": "crisis_systolic_pressure"}, "rule"),
        ({"rule": ""}, "rule"),
        ({"answer_minutes": "-5"}, "answer_minutes"),
        ({"level": "panic"}, "level"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_field(
    enter: Enter, changes: dict[str, str], field: str
) -> None:
    lin = enter("lin")
    for extra in ({}, {"preview": "1"}):
        answer = lin.post(f"{PLACE}/rules/new", {**NEW_RULE, **changes, **extra})
        assert answer.status_code == 422
        assert f'id="e-{field}"' in answer.content.decode(), extra


def test_what_is_not_there_is_not_there(enter: Enter, edie: Alert) -> None:
    rosa, nora = enter("rosa"), enter("nora")
    assert rosa.get(f"{PLACE}/patients/{ADA}/alerts/{edie.alert}/").status_code == 404
    assert nora.get(address(edie)).status_code == 404
    assert EDIE.encode() not in nora.get(f"/p/{HARBOR}/alerts/").content


def test_a_conversation_closes_the_alert_it_answered_when_the_nurse_says_so(
    demo: Demo, enter: Enter, edie: Alert
) -> None:
    rosa = enter("rosa")
    start = clock.now() - timedelta(seconds=1)
    talk = put(demo, talk_of(start), start, EDIE)
    page = rosa.get(f"{PLACE}/patients/{EDIE}/contact/{talk}/").content.decode()
    assert "Did this conversation answer them?" in page
    form = {"entry": "ent_close_1", "outcome": "talked_with_patient", "contact": talk}
    assert rosa.post(address(edie, "close"), form).status_code == 302
    alert = alert_of(demo)
    assert (alert.outcome, alert.contact) == ("talked_with_patient", talk)


def test_the_page_of_a_patient_shows_open_alerts(enter: Enter, edie: Alert) -> None:
    page = enter("rosa").get(f"{PLACE}/patients/{EDIE}/").content.decode()
    assert f'href="{address(edie)}"' in page
    assert f'href="{PLACE}/patients/{EDIE}/rules/"' in page
