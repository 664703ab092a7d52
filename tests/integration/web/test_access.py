"""Access: clinics, broken glass, who looked, disclosures, amendments, what is purged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from caretally import clock
from caretally.errors import ForbiddenError, InputError, UnknownError
from caretally.journal.entries import Enrolled, PracticeRegistered
from caretally.practice.disclosures import (
    Disclosure,
    disclosures,
    record_disclosure,
    record_export,
)
from caretally.practice.glass import break_glass, review
from caretally.practice.patients import Search, find_patients
from caretally.practice.retention import purge
from caretally.store.access_pages import Wanted, access_lines
from caretally.store.models import BrokenGlass, Membership
from caretally.store.rebuilding import rebuild
from caretally.store.verification import verify
from caretally.synthetic.lives import practices
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo, Enter

BASE = f"/p/{LAKESIDE}/"
WHY = "covers for a colleague who is ill"
PAGES = ("", "glass/", "disclosures/", "amendments/", "retention/")


@pytest.fixture
def clinics(demo: Demo) -> Demo:
    """Let Ada belong to a clinic below north, and hold Rosa to north and Tom to south."""
    office = demo.office("amir")
    tree = (("prac_north", LAKESIDE), ("prac_north_two", "prac_north"), ("prac_south", LAKESIDE))
    for name, above in tree:
        body = PracticeRegistered(practice=name, name=name, part_of=above)
        office.append([office.filing(None).entry(body)])
    lin = demo.office("lin")
    chart = lin.open_chart("pat_ada", purpose="test")
    latest = chart.record.all_of(Enrolled)[-1].body
    body = Enrolled(program="rpm", practice="prac_north_two", diagnoses=latest.diagnoses,
                    billing_provider=latest.billing_provider, time_zone=latest.time_zone,
                    established_on=latest.established_on)  # fmt: skip
    lin.append([lin.filing("pat_ada").entry(body)])
    for login, clinic in (("rosa", "prac_north"), ("tom", "prac_south")):
        Membership.objects.filter(user__username=login).update(clinic=clinic)
    return demo


def found(demo: Demo, login: str) -> list[str]:
    """Return the patients whom somebody finds."""
    return [card.patient for card in find_patients(demo.office(login), Search()).cards]


def test_a_nurse_held_to_a_clinic_sees_it_with_all_below_and_no_other(
    clinics: Demo, enter: Enter
) -> None:
    assert found(clinics, "rosa") == ["pat_ada"]
    assert found(clinics, "tom") == []
    assert enter("rosa").get(f"{BASE}patients/pat_ada/").status_code == 200
    page = enter("tom").get(f"{BASE}patients/?q=ada").content.decode()
    assert "pat_ada" not in page
    with pytest.raises(UnknownError):
        clinics.office("tom").open_chart("pat_ada", purpose="test")


def test_broken_glass_opens_one_chart_for_a_reason_and_a_time_and_is_reviewed(
    clinics: Demo, enter: Enter
) -> None:
    client = enter("tom")
    answer = client.get(f"{BASE}patients/pat_ada/")
    assert answer.status_code == 302
    address = answer["Location"]
    assert address.startswith(f"{BASE}glass/pat_ada/?next=")
    assert client.post(address, {"reason": "short"}).status_code == 422
    assert client.get(f"{BASE}patients/pat_ada/").status_code == 302
    assert client.post(address, {"reason": WHY})["Location"] == f"{BASE}patients/pat_ada/"
    assert client.get(f"{BASE}patients/pat_ada/").status_code == 200
    assert client.get(f"{BASE}patients/pat_hal/").status_code == 302
    kinds = [line.kind for line in access_lines(clinics.office("cora").book(),
                                                Wanted(patient="pat_ada"), 9)]  # fmt: skip
    assert kinds[:2] == ["chart_viewed", "glass_broken"]
    assert WHY in enter("cora").get(f"{BASE}access/glass/").content.decode()
    clock.set_ahead(clock.ahead() + timedelta(minutes=61))
    with pytest.raises(UnknownError):
        clinics.office("tom").open_chart("pat_ada", purpose="test")


def test_glass_is_offered_to_nobody_else(clinics: Demo, enter: Enter) -> None:
    assert enter("tom").get(f"{BASE}patients/pat_nobody/").status_code == 404
    assert enter("nora").get(f"{BASE}patients/pat_ada/").status_code == 404
    assert enter("rosa").get(f"{BASE}glass/pat_ada/").status_code == 404
    Membership.objects.filter(user__username="bea").update(clinic="prac_south")
    assert enter("bea").get(f"{BASE}patients/pat_ada/").status_code == 404
    with pytest.raises(ForbiddenError):
        break_glass(clinics.office("bea"), "pat_ada", WHY)


def test_glass_never_leads_to_another_site(clinics: Demo, enter: Enter) -> None:
    address = f"{BASE}glass/pat_ada/?next=//evil.example/"
    answer = enter("tom").post(address, {"reason": WHY})
    assert answer["Location"] == f"{BASE}patients/pat_ada/"


def test_nobody_reviews_their_own_glass_and_only_compliance_reviews(
    clinics: Demo, enter: Enter
) -> None:
    made = break_glass(clinics.office("tom"), "pat_ada", WHY)
    for login in ("tom", "amir", "otto"):
        assert enter(login).post(f"{BASE}access/glass/{made.pk}/review").status_code == 403
    BrokenGlass.objects.update(user=get_user_model().objects.get(username="cora"))
    with pytest.raises(ForbiddenError, match="somebody else"):
        review(clinics.office("cora"), made.pk)
    BrokenGlass.objects.update(user=get_user_model().objects.get(username="tom"))
    assert enter("cora").post(f"{BASE}access/glass/{made.pk}/review").status_code == 302
    made.refresh_from_db()
    assert made.reviewed_by == "staff:cora"
    assert verify(clinics.journal.db).problems == ()


@pytest.mark.parametrize("path", PAGES)
def test_only_those_who_watch_over_access_see_it(enter: Enter, path: str) -> None:
    for login in ("cora", "amir", "otto"):
        assert enter(login).get(f"{BASE}access/{path}").status_code == 200
    for login in ("rosa", "lin", "bea"):
        assert enter(login).get(f"{BASE}access/{path}").status_code == 403
    assert enter("nora").get(f"{BASE}access/{path}").status_code == 404


def test_who_looked_is_found_by_patient_person_purpose_and_date(demo: Demo, enter: Enter) -> None:
    demo.office("rosa").open_chart("pat_ada", purpose="weekly 100% review")
    demo.office("lin").open_chart("pat_ben", purpose="order")
    client = enter("cora")

    def looks(query: str) -> tuple[bool, bool]:
        page = client.get(f"{BASE}access/?kind=chart_viewed&{query}").content.decode()
        return "weekly 100% review" in page, "</span> order</span>" in page

    assert looks("") == (True, True)
    assert looks("patient=pat_ada") == (True, False)
    assert looks(f"actor=staff:{practices.PHYSICIAN}") == (False, True)
    assert looks("words=100%25") == (True, False)
    assert looks("words=100_") == (False, False)
    assert looks("from=2026-03-26&until=2026-03-26") == (True, True)
    assert looks("until=2026-03-25") == (False, False)
    assert looks("from=9999-12-31&until=0001-01-02") == (True, True)


def test_a_long_list_goes_on_page_by_page(demo: Demo, enter: Enter) -> None:
    office = demo.office("rosa")
    for number in range(120):
        office.open_chart("pat_ada", purpose=f"look {number}")
    client = enter("cora")
    first = client.get(f"{BASE}access/?patient=pat_ada")
    assert b"look 119<" in first.content
    assert b"look 5<" not in first.content
    more = first.content.decode().split('href="?')[1].split('"')[0].replace("&amp;", "&")
    assert b"look 5<" in client.get(f"{BASE}access/?{more}").content


def test_what_left_stands_in_the_account_of_its_patient_and_what_left_for_all_in_everybodys(
    demo: Demo, enter: Enter
) -> None:
    office = demo.office("cora")
    for patient, what in (("pat_ada", "packet dec_1"), (None, "export"), ("pat_ben", "claim c1")):
        made = Disclosure(practice=LAKESIDE, patient=patient, actor=office.caller.actor,
                          to="an auditor", what=what, why="audit")  # fmt: skip
        record_disclosure(demo.journal.db, made, office.now)
    assert [line.said["what"] for line in disclosures(office, "pat_ada")] == [
        "export",
        "packet dec_1",
    ]
    page = enter("cora").get(f"{BASE}access/disclosures/?patient=pat_ada").content.decode()
    assert "packet dec_1" in page
    assert "claim c1" not in page


@pytest.mark.parametrize("kind", ["demo", "demo_postgres"])
def test_an_export_is_told_in_the_practices_it_concerns(
    request: pytest.FixtureRequest, kind: str
) -> None:
    there: Demo = request.getfixturevalue(kind)
    db, purpose = there.journal.db, {"to": "a lawyer", "why": "subpoena"}
    for about in ((None, None), (LAKESIDE, None), (None, "pat_ada"), (HARBOR, "pat_ada")):
        record_export(db, about, purpose, clock.now())
    account = disclosures(there.office("cora"), "pat_ada")
    assert [bool(line.patient) for line in account] == [True, False, False]
    assert len(disclosures(there.office("cora", HARBOR), "pat_ada")) == 1


def test_a_request_for_a_change_waits_is_put_off_once_and_answered(
    demo: Demo, enter: Enter
) -> None:
    client = enter("cora")
    new = f"{BASE}access/amendments/new"
    typed = {"patient": "pat_ada", "asked_by": "patient", "asks": "The weight is not mine."}
    assert client.post(new, {**typed, "patient": "pat_x"}).status_code == 422
    assert client.post(new, {**typed, "entry": "ent_of_nobody"}).status_code == 422
    assert client.post(new, {**typed, "asked_by": "caregiver:x"}).status_code == 422
    assert client.post(new, {**typed, "asks": ""}).status_code == 422
    assert client.post(new, typed).status_code == 302
    page = client.get(f"{BASE}access/amendments/").content.decode()
    assert "2026-05-25" in page
    address = page.split("access/amendments/pat_ada/")[1].split('"')[0]
    answer = f"{BASE}access/amendments/pat_ada/{address}"
    assert rebuild(demo.journal.db, demo.journal.desk) > 0
    assert "2026-05-25" in client.get(f"{BASE}access/amendments/").content.decode()
    later = {"outcome": "extended", "answer": "The scale is examined.", "answered_by": "Cora"}
    assert client.post(answer, later).status_code == 302
    assert "2026-06-24" in client.get(f"{BASE}access/amendments/").content.decode()
    assert client.post(answer, later).status_code == 422
    done = {**later, "outcome": "accepted", "answer": "Corrected."}
    assert client.post(answer, done).status_code == 302
    assert client.post(answer, done).status_code == 422
    assert enter("otto").post(answer, done).status_code == 403
    assert enter("rosa").get(new).status_code == 403


def test_the_purge_takes_what_is_over_and_nothing_of_the_journal(demo: Demo, enter: Enter) -> None:
    enter("rosa")
    rows = demo.journal.db.rows("SELECT count(*) FROM store_entry")
    assert purge(demo.journal.db, clock.now(), timezone.now()) == 0
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    assert purge(demo.journal.db, clock.now(), timezone.now()) >= 1
    assert Session.objects.count() == 0
    assert demo.journal.db.rows("SELECT count(*) FROM store_entry") == rows


def test_a_reason_is_asked_for_again_when_only_blanks_are_typed(clinics: Demo) -> None:
    with pytest.raises(InputError):
        break_glass(clinics.office("tom"), "pat_ada", " " * 40)
