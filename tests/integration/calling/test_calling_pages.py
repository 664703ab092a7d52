"""Pages of campaigns, of a patient's number, and of what must be in place before the first call."""

from __future__ import annotations

import re

import pytest

from caretally.journal.entries import CallingRulesSet, TelephoneGiven, VendorAgreed
from caretally.practice.calling_house import my_standing
from caretally.practice.campaign_work import campaign_named
from caretally.store.call_tables import DRAFT, RUNNING, STOPPED, Call
from tests.integration.calling.allowed import GUS, NUMBER, PROTOCOL, allow
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter

HOME = f"/p/{LAKESIDE}/calls"
LIST, NEW, RULES = f"{HOME}/campaigns/", f"{HOME}/campaigns/new", f"{HOME}/rules/"
LINE = f"/p/{LAKESIDE}/patients/{GUS}/telephone/"


def typed(**more: str) -> dict[str, str]:
    """Return a campaign as somebody types it."""
    return {
        "campaign": "cmp_weekly", "name": "Weekly check", "program": "rpm", "protocol": PROTOCOL,
        "begins_on": "2026-03-23", "ends_on": "2026-04-30", "weekdays": "12345",
        "from_time": "09:00", "to_time": "18:00", "every_days": "7", "capacity": "1",
        "retry_no_answer": "120, 1440", **more,
    }  # fmt: skip


def test_an_empty_list_says_what_to_do(enter: Enter) -> None:
    shown = enter("nora").get(f"/p/{HARBOR}/calls/campaigns/").content.decode()
    assert "No campaign was set up yet. Before the first one:" in shown
    assert "Weekly blood pressure check" in enter("rosa").get(LIST).content.decode()


def test_a_campaign_from_outlook_to_stop_and_on(demo: Demo, enter: Enter) -> None:
    allow(demo)
    rosa = enter("rosa")
    assert rosa.get(NEW).status_code == 200
    seen = rosa.post(NEW, typed(do="preview"))
    assert seen.status_code == 200
    text = re.sub(r"<[^>]+>|\s+", " ", seen.content.decode())
    assert re.search(r"8 patients in the program: +1 +may be called today", text), text[:3000]
    assert "Not met: a number is on file and was not withdrawn." in text
    assert not Call.objects.exists()
    for _ in range(2):
        answer = rosa.post(NEW, typed(do="save"))
        assert answer.status_code == 302
    page = answer["Location"]
    assert campaign_named(demo.office("rosa"), "cmp_weekly").state == DRAFT
    assert "Whom it would call" in rosa.get(page).content.decode()
    assert rosa.post(f"{page}act", {"do": "begin"}).status_code == 302
    running = rosa.get(page).content.decode()
    assert "Stop all calls now" in running
    assert "<svg" in running
    assert "<caption" in running
    assert rosa.get(f"{page}who").status_code == 200
    rosa.post(f"{page}act", {"do": "stop"})
    assert campaign_named(demo.office("rosa"), "cmp_weekly").state == STOPPED
    assert [each.state for each in Call.objects.all()] == [STOPPED]
    assert "Stopped by Rosa Delgado" in rosa.get(page).content.decode()
    rosa.post(f"{page}act", {"do": "begin"})
    assert campaign_named(demo.office("rosa"), "cmp_weekly").state == RUNNING
    assert "Weekly check" in rosa.get(LIST).content.decode()
    assert rosa.get(f"{LIST}cmp_none/").status_code == 404
    for login in ("bea", "amir"):
        assert enter(login).post(f"{page}act", {"do": "stop"}).status_code == 403


@pytest.mark.parametrize(("change", "field"), [
    ({"name": ""}, "name"), ({"ends_on": "soon"}, "ends_on"), ({"capacity": "many"}, "capacity"),
    ({"retry_no_answer": "later"}, "retry_no_answer"), ({"to_time": "08:00"}, "to_time"),
    ({"do": "preview", "every_days": "0"}, "every_days"),
])  # fmt: skip
def test_what_is_wrong_stands_at_its_field(
    enter: Enter, change: dict[str, str], field: str
) -> None:
    answer = enter("rosa").post(NEW, typed(**change))
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()


def test_a_number_is_given_changed_and_withdrawn(demo: Demo, enter: Enter) -> None:
    rosa = enter("rosa")
    assert "First the number" not in rosa.get(LINE).content.decode()
    form = {"entry": demo.office("rosa").new_id("ent"), "number": "(708) 555-0142",
            "whose": "patient", "from_time": "10:00", "to_time": "", "language": "es"}  # fmt: skip
    for _ in range(2):
        assert rosa.post(LINE, form).status_code == 302
    shown = rosa.get(LINE).content.decode()
    assert NUMBER in shown
    assert "at home in IL (America/Chicago)" in shown
    for change in ({"number": "12"}, {"whose": "caregiver:cgv_none"},
                   {"from_time": "12:00", "to_time": "11:00"}, {"language": "pl"}):  # fmt: skip
        wrong = {**form, "entry": demo.office("rosa").new_id("ent"), **change}
        refused = rosa.post(LINE, wrong)
        assert refused.status_code == 422, change
        assert "field-error" in refused.content.decode(), change
    gone = {**form, "entry": demo.office("rosa").new_id("ent"), "number": ""}
    assert rosa.post(LINE, gone).status_code == 302
    entries = demo.journal.entries(LAKESIDE, patients=[GUS])
    given = [each.body for each in entries if isinstance(each.body, TelephoneGiven)]
    assert [each.number for each in given][-2:] == [NUMBER, ""]
    assert enter("bea").post(LINE, form).status_code == 403


def test_rules_are_set_by_a_practitioner_and_never_wider_than_the_law(
    demo: Demo, enter: Enter
) -> None:
    lin = enter("lin")
    form = {"entry": demo.office("lin").new_id("ent"), "version": "2026-04", "from_time": "10:00",
            "to_time": "19:00", "most_a_day": "2", "most_a_week": "4", "least_minutes": "90",
            "counsel_states": "ca, tx", "records_audio": "no"}  # fmt: skip
    for change, field in (({"from_time": "07:00"}, "from_time"), ({"to_time": "22:00"}, "to_time"),
                          ({"most_a_week": "1"}, "most_a_week"), ({"most_a_day": ""}, "most_a_day"),
                          ({"counsel_states": "Texas"}, "counsel_states")):  # fmt: skip
        answer = lin.post(f"{RULES}set", {**form, **change})
        assert answer.status_code == 422, change
        assert f'id="e-{field}"' in answer.content.decode(), change
    for _ in range(2):
        assert lin.post(f"{RULES}set", form).status_code == 302
    rules = my_standing(demo.office("lin")).rules
    assert rules is not None
    assert rules.body == CallingRulesSet(
        version="2026-04", from_time="10:00", to_time="19:00", most_a_day=2, most_a_week=4,
        least_minutes=90, counsel_states=("CA", "TX"), set_by="stf_lin",
    )  # fmt: skip
    assert "set by Wei Lin" in lin.get(RULES).content.decode()
    assert enter("rosa").post(f"{RULES}set", form).status_code == 403


def test_an_agreement_is_filed_by_who_keeps_the_practice(demo: Demo, enter: Enter) -> None:
    amir = enter("amir")
    form = {"entry": demo.office("amir").new_id("ent"), "vendor": "Twilio", "part": "carrier",
            "document": "BAA 2026-7", "from_on": "2026-01-01", "to_on": "2026-03-25"}  # fmt: skip
    for change, field in (({"vendor": "local"}, "vendor"), ({"to_on": "2025-12-31"}, "to_on")):
        answer = amir.post(f"{RULES}agreement", {**form, **change})
        assert answer.status_code == 422, change
        assert f'id="e-{field}"' in answer.content.decode(), change
    for _ in range(2):
        assert amir.post(f"{RULES}agreement", form).status_code == 302
    shown = amir.get(RULES).content.decode()
    assert "BAA 2026-7" in shown
    kept = [each.body for each in my_standing(demo.office("amir")).agreements]
    assert [each.vendor for each in kept if isinstance(each, VendorAgreed)].count("twilio") == 1
    assert enter("rosa").post(f"{RULES}agreement", form).status_code == 403
    assert enter("rosa").get(RULES).status_code == 200
    assert enter("bea").get(RULES).status_code == 403
