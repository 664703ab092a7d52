"""Enrollment on pages: from a new patient to a month without a hold, and all that is refused."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from caretally import clock
from caretally.clock import ServiceMonth
from caretally.enrollment.state import ACTIVE
from caretally.errors import InputError
from caretally.journal.entries import DeviceAssigned, Entry, PracticeRegistered, ReadingRecorded
from caretally.practice.enrolling import Written, write
from caretally.practice.enrolling_patients import NewPatient, are_alike, open_new_chart
from caretally.practice.enrolling_state import enrolling, on_file
from caretally.store.models import Membership
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

ADA, GUS = "pat_ada", "pat_gus"
MINUTES_11 = timedelta(minutes=11)
MONTH = ServiceMonth(2026, 3)
Filled = dict[str, Any]
NEW: Filled = {
    "name": "Ina Sorensen", "birth_date": "1951-06-02", "sex": "female", "language": "en",
    "time_zone": "America/Chicago",
}  # fmt: skip
FORMS: dict[str, Filled] = {
    "add_coverage": {
        "payer": "medicare_ffs", "member_id": "TEST-INA-1", "priority": "1", "from": "2026-01-01",
    },
    "order": {"ordering_provider": "stf_lin", "parameters": ["8480-6", "8462-4"]},
    "record_consent": {
        "scope": "rpm", "method": "verbal", "given_by": "patient", "text_version": "2026-01",
        "language": "en", "cost_share_told": "yes",
    },
    "enroll": {
        "practice": LAKESIDE, "billing_provider": "stf_lin", "diagnoses": "i10, I50.9",
        "established_on": "2025-10-14", "time_zone": "America/Chicago",
    },
    "assign_device": {
        "device": "dev_ina_cuff", "medical_device": "yes", "parameters": ["8480-6", "8462-4"],
        "serial": "SN-INA-1",
    },
    "complete_setup": {"device": "dev_ina_cuff", "educated_by": "stf_rosa", "method": "video"},
    "name_care_team": {"members": ["stf_rosa", "stf_lin"]},
}  # fmt: skip
"""What a whole enrollment takes."""


@dataclass
class Visitor:
    """Somebody at the pages of a patient's enrollment."""

    client: Client
    patient: str = ADA
    program: str = "rpm"
    sent: list[Filled] = field(default_factory=list)

    @property
    def home(self) -> str:
        return f"/p/{LAKESIDE}/patients/{self.patient}/enrollment/"

    def see(self, **query: str) -> str:
        answer = self.client.get(self.home, query)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def form(self, work: str, **query: str) -> str:
        answer = self.client.get(f"{self.home}{work}/", {"program": self.program, **query})
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def send(self, work: str, filled: Filled, **query: str) -> Any:
        """Fill in the form as it is shown and send it."""
        page = self.form(work, **query)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        hidden.pop("csrfmiddlewaretoken", None)
        self.sent.append({**hidden, **filled})
        return self.client.post(f"{self.home}{work}/", self.sent[-1])

    def does(self, work: str, filled: Filled, **query: str) -> str:
        """Send a form that is accepted; returns the id of the entry."""
        answer = self.send(work, filled, **query)
        assert answer.status_code == 302, text_of(answer)
        return re.findall(r"saved=(\w+)", answer["Location"])[0]


def text_of(answer: Any) -> str:
    words = re.sub(r"<[^>]+>|\s+", " ", answer.content.decode().split("<main", 1)[-1])
    return re.sub(r"\s+", " ", words)


def opened(client: Client, **changes: str) -> str:
    """Open a chart on the page; returns the id of the patient."""
    answer = asked(client, **changes)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"].split("/")[4]


def asked(client: Client, **changes: str) -> Any:
    page = client.get(f"/p/{LAKESIDE}/patients/new/").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(patient|entry_id)" value="([^"]*)"', page))
    return client.post(f"/p/{LAKESIDE}/patients/new/", {**hidden, **NEW, **changes})


def stored(demo: Demo, patient: str, kind: str) -> list[Entry]:
    """Return the entries of a kind that are in force."""
    office = demo.office("rosa")
    chart = office.chart(office.card(patient))
    return [e for e in chart.record.in_force if e.patient == patient and e.kind == kind]


def measure(demo: Demo, patient: str) -> None:
    """Let the cuff send a reading, after its set-up."""
    office = demo.office("rosa")
    reading = ReadingRecorded(
        device="dev_ina_cuff", metric="8480-6", value=Decimal(131), unit="mm[Hg]",
        measured_at=office.now.replace(microsecond=0), origin="device", vendor_reading_id="r1",
    )  # fmt: skip
    office.append([office.filing(patient).entry(reading)])


def holds(demo: Demo, patient: str) -> list[str]:
    """Return what the month's decision holds codes for."""
    return [each.name for each in demo.journal.decision(LAKESIDE, patient, MONTH).holds]


@pytest.fixture
def rosa(enter: Enter) -> Visitor:
    return Visitor(enter("rosa"))


@pytest.fixture
def lin(enter: Enter) -> Visitor:
    return Visitor(enter("lin"))


def test_from_a_new_patient_to_an_enrollment_without_a_gap(
    demo: Demo, rosa: Visitor, lin: Visitor
) -> None:
    rosa.patient = lin.patient = opened(rosa.client)
    assert "Not started" in rosa.see()
    for work, filled in FORMS.items():
        (lin if work == "order" else rosa).does(work, filled)
    page = rosa.see(program="rpm")
    assert "Nothing is missing" in page
    office = demo.office("rosa")
    found = enrolling(office, office.chart(office.card(rosa.patient)), "rpm")
    assert (found.state.stage, found.state.gaps) == (ACTIVE, ())
    assert found.on_file == found.count
    episode = found.state.episode
    assert episode is not None
    assert episode.details_at(clock.now()).diagnoses == ("I10", "I50.9")
    assert holds(demo, rosa.patient) == ["has_device_data"]
    measure(demo, rosa.patient)
    assert holds(demo, rosa.patient) == []


def test_what_is_missing_is_named_with_the_codes_it_holds(rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    page = rosa.see()
    for words in ("no order for rpm is on file", "no consent to rpm is on file", "99457"):
        assert words in page
    rosa.does("record_consent", FORMS["record_consent"])
    page = rosa.see()
    assert "no consent to rpm is on file" not in page
    assert "Gathering evidence" in page


def test_a_hold_of_the_month_goes_with_the_evidence(demo: Demo, lin: Visitor) -> None:
    lin.patient = opened(lin.client)
    for work, filled in FORMS.items():
        if work != "order":
            lin.does(work, filled)
    measure(demo, lin.patient)
    assert holds(demo, lin.patient) == ["is_ordered"]
    lin.does("order", FORMS["order"])
    assert holds(demo, lin.patient) == []


@pytest.mark.parametrize(
    ("work", "changes", "name", "words"),
    [
        ("enroll", {"diagnoses": "pressure"}, "diagnoses", "ICD-10-CM code"),
        ("enroll", {"diagnoses": "I10, I10"}, "diagnoses", "each once"),
        ("enroll", {"established_on": "2026-13-01"}, "established_on", "date"),
        ("enroll", {"established_on": "2027-01-01"}, "established_on", "an earlier visit"),
        ("enroll", {"billing_provider": "stf_rosa"}, "billing_provider", "physician"),
        ("enroll", {"practice": "prac_nowhere"}, "practice", "one of"),
        ("enroll", {"at": "2027-01-01T10:00"}, "at", "yet to come"),
        ("enroll", {"at": "2026-03-08T02:30"}, "at", "put forward"),
        ("enroll", {"at": "2025-11-02T01:30", "why": "late"}, "at", "put back"),
        ("enroll", {"at": "2026-03-02T10:00"}, "why", "reason"),
        ("enroll", {"time_zone": "Chicago"}, "time_zone", "time zone"),
        ("order", {"ordering_provider": ""}, "ordering_provider", "needed"),
        ("order", {"ordering_provider": "stf_rosa"}, "ordering_provider", "physician"),
        ("record_consent", {"scope": "data_sharing"}, "caregiver", "the caregiver who may see"),
        ("record_consent", {"given_by": "caregiver:cgv_x"}, "given_by", "authority"),
        ("record_consent", {"method": "guessed"}, "method", "verbal"),
        ("add_coverage", {"payer": ""}, "payer", "needed"),
        ("add_coverage", {"to": "2025-12-31"}, "to", "not before"),
        ("add_coverage", {"priority": "7"}, "priority", "3"),
        ("record_authorization", {"codes": "9945"}, "codes", "5 characters"),
        ("assign_device", {"device": ""}, "device", "needed"),
        ("assign_device", {"device": "dev_ada_cuff"}, "device", "another patient"),
        ("complete_setup", {"device": "dev_none"}, "device", "does not hold"),
        ("name_care_team", {"members": ["stf_nobody"]}, "members", "registered"),
        ("authorize_caregiver", {"from": ""}, "from", "needed"),
        ("record_stay", {"from": "yesterday"}, "from", "2026-03-04T10:15"),
        ("record_stay", {"to": "2026-03-19T10:00"}, "to", "an instant after from"),
        ("record_claim_elsewhere", {"by": LAKESIDE}, "by", "another practice"),
        ("record_condition", {"from": "2027-01-01"}, "from", "yet to come"),
        ("align_access", {"conditions": ""}, "conditions", "no condition"),
        ("record_visit", {"date": "2027-01-01"}, "date", "yet to come"),
        ("disenroll", {"reason": ""}, "reason", "needed"),
    ],
)
def test_bad_input_is_told_at_its_field(
    demo: Demo, lin: Visitor, work: str, changes: Filled, name: str, words: str
) -> None:
    lin.patient = opened(lin.client)
    others: dict[str, Filled] = {
        "record_authorization": {"payer": "medicare_ffs", "from": "2026-01-01"},
        "authorize_caregiver": {"relationship": "son", "from": "2026-01-01"},
        "record_stay": {"setting": "inpatient", "from": "2026-03-20T10:00", "why": "told late"},
        "record_claim_elsewhere": {"code": "99454", "from": "2026-02-01", "to": "2026-03-02"},
        "record_condition": {"condition": "covid19"},
        "record_visit": {"code": "99213"},
        "align_access": {"from": "2026-01-01"},
    }
    filled = {**FORMS.get(work, others.get(work, {})), **changes}
    before = len(demo.journal.entries(LAKESIDE, patients=[lin.patient]))
    answer = lin.send(work, filled)
    assert answer.status_code == 422
    page = answer.content.decode()
    told = re.search(rf'id="{work}-{name}-errors">(.*?)</p>', page, re.DOTALL)
    assert told is not None, text_of(answer)
    assert words in told.group(1), told.group(1)
    assert f'href="#{work}-{name}"' in page
    assert len(demo.journal.entries(LAKESIDE, patients=[lin.patient])) == before


def test_what_was_typed_is_kept(lin: Visitor) -> None:
    lin.patient = opened(lin.client)
    page = lin.send("enroll", {**FORMS["enroll"], "diagnoses": "pressure", "at": "x"}).content
    for typed in (b'value="pressure"', b'value="2025-10-14"', b'value="stf_lin" selected'):
        assert typed in page


def test_all_that_is_wrong_is_told_at_once(lin: Visitor) -> None:
    lin.patient = opened(lin.client)
    changes = {"diagnoses": "pressure", "established_on": "2026-13-01", "time_zone": "Chicago"}
    page = lin.send("enroll", {**FORMS["enroll"], **changes}).content.decode()
    assert 'id="enroll-established_on-errors"' in page
    assert 'id="enroll-time_zone-errors"' in page


def test_the_same_form_sent_twice_is_stored_once(demo: Demo, rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    rosa.does("add_coverage", FORMS["add_coverage"])
    again = rosa.client.post(f"{rosa.home}add_coverage/", rosa.sent[-1])
    assert again.status_code == 302
    assert len(stored(demo, rosa.patient, "covered")) == 1


def test_a_new_chart_sent_twice_is_one_chart(demo: Demo, rosa: Visitor) -> None:
    page = rosa.client.get(f"/p/{LAKESIDE}/patients/new/").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(patient|entry_id)" value="([^"]*)"', page))
    first, second = (
        rosa.client.post(f"/p/{LAKESIDE}/patients/new/", {**hidden, **NEW}) for _ in range(2)
    )
    assert first["Location"] == second["Location"]
    found = demo.journal.db.rows(
        "SELECT count(*) FROM store_patientcard WHERE name = %s", NEW["name"]
    )
    assert found == [(1,)]


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"birth_date": ""}, {"birth_date": "1951-31-02"}]
)
def test_a_chart_needs_a_name_and_a_day_of_birth(rosa: Visitor, changes: Filled) -> None:
    answer = asked(rosa.client, **changes)
    assert answer.status_code == 422
    (name,) = changes
    assert f'id="new-{name}-errors"' in answer.content.decode()


def test_a_likely_duplicate_is_looked_at_first(demo: Demo, rosa: Visitor) -> None:
    first = opened(rosa.client)
    answer = asked(rosa.client, name="Ina Sörensen")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"/patients/{first}/enrollment/" in page
    assert "Is it one of these?" in page
    other = opened(rosa.client, name="Ina Sörensen", reason="a twin; she showed her card")
    (entry,) = stored(demo, other, "patient_registered")
    assert entry.reason == "a twin; she showed her card"


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("José Marchetti", "Jose Marcheti", True),
        ("MARCHETTI, Jose", "José Marchetti", True),
        ("Katarina Holm", "Catarina Holms", True),
        ("Ada Nowak", "Ada Lindqvist", True),
        ("Ada Nowak", "Ben Okoro", False),
        ("Ada Nowak", "", True),
    ],
)
def test_names_that_may_be_one_persons(first: str, second: str, *, alike: bool) -> None:
    assert are_alike(first, second) is are_alike(second, first) is alike


def test_another_name_that_day_is_another_person(rosa: Visitor) -> None:
    opened(rosa.client)
    assert asked(rosa.client, name="Bertil Quist").status_code == 302


@pytest.mark.parametrize("login", ["bea", "otto", "cora"])
def test_readers_see_the_state_and_no_forms(demo: Demo, enter: Enter, login: str) -> None:
    reader = Visitor(enter(login))
    page = reader.see()
    assert "do not allow you to enroll" in page
    assert "/add_coverage/" not in page
    assert "/void/" not in page
    assert reader.client.get(f"{reader.home}add_coverage/").status_code == 403
    before = len(demo.journal.entries(LAKESIDE))
    filled = {**FORMS["add_coverage"], "entry_id": "ent_reader"}
    assert reader.client.post(f"{reader.home}add_coverage/", filled).status_code == 403
    assert reader.client.get(f"/p/{LAKESIDE}/patients/new/").status_code == 403
    assert len(demo.journal.entries(LAKESIDE)) == before


def test_an_administrator_sees_no_enrollment(enter: Enter) -> None:
    assert enter("amir").get(Visitor(enter("amir")).home).status_code == 403


def test_only_a_practitioner_orders(demo: Demo, rosa: Visitor) -> None:
    assert "A practitioner signs the order." in rosa.see()
    assert rosa.client.get(f"{rosa.home}order/").status_code == 403
    (entry,) = stored(demo, ADA, "ordered")
    answer = rosa.client.post(f"{rosa.home}entries/{entry.id}/void/", {"why": "mistaken"})
    assert answer.status_code == 403
    assert stored(demo, ADA, "ordered") == [entry]


def test_nobody_reaches_another_practice(enter: Enter) -> None:
    nora = enter("nora")
    assert nora.get(f"/p/{LAKESIDE}/patients/{ADA}/enrollment/").status_code == 404
    assert nora.get(f"/p/prac_harbor/patients/{ADA}/enrollment/").status_code == 404
    assert nora.get(f"/p/prac_harbor/patients/{ADA}/enrollment/enroll/").status_code == 404


def test_who_works_in_one_clinic_enrolls_there_only(demo: Demo, enter: Enter) -> None:
    office = demo.office("rosa")
    north = PracticeRegistered(practice="prac_north", name="North", part_of=LAKESIDE)
    office.append([office.filing(None).entry(north)])
    write(office, ADA, Written(work="disenroll", body={"program": "rpm", "reason": "moved"}))
    there = Written(work="re_enroll", body={"program": "rpm", "practice": "prac_north",
                                            "diagnoses": ["I10"]})  # fmt: skip
    write(office, ADA, there)
    Membership.objects.filter(user__username="tom").update(clinic="prac_north")
    tom = Visitor(enter("tom"))
    assert 'value="prac_north"' in tom.form("amend_enrollment")
    away = {"practice": LAKESIDE, "diagnoses": "I10", "why": "moved"}
    refused = tom.send("amend_enrollment", away)
    assert refused.status_code == 422
    assert "a clinic you work in" in text_of(refused)
    tom.does("amend_enrollment", {**away, "practice": "prac_north"})
    led = tom.client.get(Visitor(tom.client, patient=GUS).home)
    assert (led.status_code, f"/glass/{GUS}/" in led["Location"]) == (302, True)
    assert asked(tom.client).status_code == 403


def test_a_look_is_told_in_the_access_chain(demo: Demo, rosa: Visitor) -> None:
    rosa.see()
    sql = "SELECT count(*) FROM store_stream WHERE name = %s"
    assert demo.journal.db.rows(sql, f"access/{ADA}") == [(1,)]


def test_saved_just_now_is_undone_at_once(demo: Demo, rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    entry = rosa.does("add_coverage", FORMS["add_coverage"])
    assert f"/entries/{entry}/undo/" in rosa.see(saved=entry)
    answer = rosa.client.post(f"{rosa.home}entries/{entry}/undo/", {"program": "rpm"})
    assert answer.status_code == 302
    assert stored(demo, rosa.patient, "covered") == []
    office = demo.office("rosa")
    (line,) = on_file(office.chart(office.card(rosa.patient)))["covered"]
    assert line.void is not None
    assert line.void.reason == "entered by mistake"
    again = rosa.client.post(f"{rosa.home}entries/{entry}/undo/", {"program": "rpm"})
    assert again.status_code == 422


def test_saved_is_said_of_what_is_stored_only(rosa: Visitor) -> None:
    assert "Saved." not in rosa.see(saved="ent_none")


def test_an_undone_correction_gives_back_what_stood(demo: Demo, rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    first = rosa.does("add_coverage", FORMS["add_coverage"])
    changed = {**FORMS["add_coverage"], "member_id": "TEST-INA-2", "why": "misread card"}
    second = rosa.does("add_coverage", changed, supersedes=first)
    (entry,) = stored(demo, rosa.patient, "covered")
    assert (entry.id, entry.supersedes, entry.reason) == (second, first, "misread card")
    assert "Earlier versions (1)" in rosa.see()
    rosa.client.post(f"{rosa.home}entries/{second}/undo/")
    (entry,) = stored(demo, rosa.patient, "covered")
    assert entry.body.member_id == "TEST-INA-1"  # type: ignore[attr-defined]


def test_undo_is_for_the_writer_and_for_a_few_minutes(
    demo: Demo, rosa: Visitor, lin: Visitor, enter: Enter
) -> None:
    rosa.patient = lin.patient = opened(rosa.client)
    entry = rosa.does("add_coverage", FORMS["add_coverage"])
    assert f"/entries/{entry}/undo/" not in lin.see(saved=entry)
    assert lin.client.post(f"{lin.home}entries/{entry}/undo/").status_code == 422
    clock.set_ahead(clock.ahead() + MINUTES_11)
    assert f"/entries/{entry}/undo/" not in rosa.see(saved=entry)
    assert rosa.client.post(f"{rosa.home}entries/{entry}/undo/").status_code == 422
    assert len(stored(demo, rosa.patient, "covered")) == 1


def test_a_void_asks_why(demo: Demo, rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    entry = rosa.does("add_coverage", FORMS["add_coverage"])
    address = f"{rosa.home}entries/{entry}/void/"
    assert rosa.client.get(address).status_code == 200
    refused = rosa.client.post(address, {"why": " ", "entry_id": "ent_void"})
    assert refused.status_code == 422
    assert len(stored(demo, rosa.patient, "covered")) == 1
    for _ in range(2):
        done = rosa.client.post(address, {"why": "wrong patient", "entry_id": "ent_void"})
        assert done.status_code == 302
    assert stored(demo, rosa.patient, "covered") == []
    assert "wrong patient" in rosa.see()
    assert rosa.client.get(address).status_code == 404


def test_a_correction_asks_why_and_keeps_its_moment(demo: Demo, lin: Visitor) -> None:
    (before,) = stored(demo, ADA, "ordered")
    page = lin.form("order", supersedes=before.id)
    at = re.findall(r'type="datetime-local"[^>]*value="([^"]+)"', page)[0]
    filled = {"ordering_provider": "stf_lin", "parameters": ["8480-6"], "at": at}
    refused = lin.send("order", filled, supersedes=before.id)
    assert refused.status_code == 422
    assert b'id="order-why-errors"' in refused.content
    lin.does("order", {**filled, "why": "systolic only"}, supersedes=before.id)
    (after,) = stored(demo, ADA, "ordered")
    assert (after.at, after.supersedes) == (before.at, before.id)


def test_of_two_corrections_the_second_is_refused_and_stays_one(
    demo: Demo, rosa: Visitor, lin: Visitor
) -> None:
    rosa.patient = lin.patient = opened(rosa.client)
    first = rosa.does("add_coverage", FORMS["add_coverage"])
    changed = {**FORMS["add_coverage"], "member_id": "TEST-INA-2", "why": "misread card"}
    rosa.send("add_coverage", {**changed, "why": ""}, supersedes=first)
    lin.does("add_coverage", changed, supersedes=first)
    late = rosa.client.post(f"{rosa.home}add_coverage/", {**rosa.sent[-1], "why": "typed wrong"})
    assert late.status_code == 422
    assert "correct the last entry of the chain" in text_of(late)
    assert f'name="supersedes" value="{first}"' in late.content.decode()
    assert len(stored(demo, rosa.patient, "covered")) == 1


def test_devices_in_stock_are_offered_until_they_are_assigned(demo: Demo, rosa: Visitor) -> None:
    office = demo.office("rosa")
    scale = DeviceAssigned(device="dev_scale_9", medical_device=True, model="Scale 9")
    office.append([office.filing(None).entry(scale)])
    rosa.patient = opened(rosa.client)
    assert 'value="dev_scale_9"' in rosa.form("assign_device")
    rosa.does("assign_device", {"device": "dev_scale_9", "medical_device": "yes"})
    assert 'value="dev_scale_9"' not in rosa.form("assign_device")


def test_an_enrollment_is_corrected_amended_ended_and_begun_anew(demo: Demo, rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    first = rosa.does("enroll", FORMS["enroll"])
    rosa.does("amend_enrollment", {**FORMS["enroll"], "diagnoses": "I11.9"})
    at = re.findall(
        r'type="datetime-local"[^>]*value="([^"]+)"',
        rosa.form("correct_enrollment", supersedes=first),
    )[0]
    corrected = {**FORMS["enroll"], "established_on": "2025-09-01", "at": at, "why": "wrong visit"}
    rosa.does("correct_enrollment", corrected, supersedes=first)
    rosa.does("disenroll", {"reason": "goals reached"})
    assert "Disenrolled" in rosa.see()
    assert rosa.send("enroll", FORMS["enroll"]).status_code == 422
    rosa.does("re_enroll", FORMS["enroll"])
    assert "episode 2" in rosa.see()
    assert len(stored(demo, rosa.patient, "enrolled")) == 3


def test_the_rest_of_the_forms_are_stored(demo: Demo, lin: Visitor) -> None:
    lin.patient = opened(lin.client)
    for work, filled in FORMS.items():
        lin.does(work, filled)
    caregiver = {"caregiver": "cgv_ove", "relationship": "son", "from": "2026-01-01"}
    lin.does("authorize_caregiver", caregiver)
    shared = {"scope": "data_sharing", "caregiver": "cgv_ove", "given_by": "caregiver:cgv_ove"}
    lin.does("record_consent", {**FORMS["record_consent"], **shared})
    rest: dict[str, Filled] = {
        "revoke_consent": {"scope": "data_sharing", "caregiver": "cgv_ove", "method": "verbal"},
        "record_authorization": {"payer": "medicare_ffs", "codes": "99454", "from": "2026-01-01"},
        "record_stay": {"setting": "snf", "from": "2026-03-25T10:00", "to": "2026-03-26T08:00"},
        "record_condition": {"condition": "covid19", "from": "2026-01-02", "to": "2026-01-20"},
        "record_surgery": {"from": "2026-03-01", "to": "2026-05-30", "related": "yes"},
        "align_access": {"conditions": "I10 E11", "from": "2026-07-01"},
        "record_claim_elsewhere": {
            "code": "99454", "by": "Elsewhere Clinic", "from": "2026-02-01", "to": "2026-03-02",
        },
        "record_visit": {"code": "99213", "date": "2026-03-26"},
        "return_device": {"device": "dev_ina_cuff"},
        "end_order": {"ordering_provider": "stf_lin"},
        "record_death": {},
    }  # fmt: skip
    for work, filled in rest.items():
        lin.does(work, filled)
    assert "Ended by death" in lin.see(program="rpm")
    kinds = {entry.kind for entry in demo.journal.entries(LAKESIDE, patients=[lin.patient])}
    assert {"consent_revoked", "access_aligned", "global_surgery_recorded", "died"} <= kinds


def test_in_place_a_form_is_a_part_and_a_save_loads_the_page_anew(rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    part = {"HX-Request": "true"}
    page = rosa.client.get(f"{rosa.home}add_coverage/", headers=part).content.decode()
    assert "<html" not in page
    wrong = rosa.client.post(f"{rosa.home}add_coverage/", {"entry_id": "ent_a"}, headers=part)
    assert wrong.status_code == 422
    assert b"<html" not in wrong.content
    filled = {**FORMS["add_coverage"], "entry_id": "ent_b", "program": "rpm"}
    saved = rosa.client.post(f"{rosa.home}add_coverage/", filled, headers=part)
    assert saved.status_code == 204
    assert saved["HX-Redirect"].endswith("saved=ent_b")


def test_unknown_forms_and_entries_are_not_there(rosa: Visitor) -> None:
    assert rosa.client.get(f"{rosa.home}anything/").status_code == 404
    assert rosa.client.get(f"{rosa.home}add_coverage/?supersedes=ent_none").status_code == 404
    assert rosa.client.get(f"{rosa.home}entries/ent_none/void/").status_code == 404


def test_every_patient_of_the_demonstration_can_be_seen(demo: Demo, rosa: Visitor) -> None:
    rows = demo.journal.db.rows(
        "SELECT patient FROM store_patientcard AS card JOIN store_practice AS practice "
        "ON practice.id = card.practice_id WHERE practice.name = %s", LAKESIDE,
    )  # fmt: skip
    assert len(rows) >= 8
    for (patient,) in rows:
        rosa.patient = patient
        for program in ("", "rpm", "rtm", "ccm", "nonsense"):
            assert "pieces of evidence on file" in rosa.see(program=program)


def test_of_two_who_enroll_at_once_one_is_refused_in_words(demo: Demo, rosa: Visitor) -> None:
    rosa.patient = opened(rosa.client)
    assert_one_enrolls(demo, rosa.patient)


def test_of_two_who_enroll_at_once_on_postgresql_too(demo_postgres: Demo) -> None:
    new = NewPatient(patient="pat_ina", entry_id="ent_ina", body=NEW)
    assert_one_enrolls(demo_postgres, open_new_chart(demo_postgres.office("rosa"), new))


def assert_one_enrolls(demo: Demo, patient: str) -> None:
    """Let a nurse and a practitioner enroll the same patient at the same moment."""
    together, instant = threading.Barrier(2), clock.now()
    outcomes: list[str] = []
    body = {"program": "rpm", "practice": LAKESIDE, "diagnoses": ["I10"]}

    def enroll(login: str) -> None:
        try:
            office = replace(demo.office(login), now=instant)
            together.wait()
            write(office, patient, Written(work="enroll", body=body))
            outcomes.append("stored")
        except InputError as error:
            outcomes.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enroll, args=(login,)) for login in ("rosa", "lin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [outcome for outcome in outcomes if outcome != "stored"]
    assert len(refused) == 1
    assert "an open episode of rpm" in refused[0]
    assert len(stored(demo, patient, "enrolled")) == 1
