"""What is planted is found and what is clean rings no alarm, within what one may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from caretally.audit.measures import MEASURES
from caretally.clock import ServiceMonth
from caretally.errors import ForbiddenError, UnknownError
from caretally.journal.entries import (
    ContactHeld,
    Disenrolled,
    Enrolled,
    Entry,
    EntryVoided,
    TimeLogged,
)
from caretally.practice.caller import Grant, system_caller
from caretally.practice.claim_files import Wanted, send
from caretally.practice.claiming import prepare
from caretally.practice.office import Office
from caretally.practice.roles import AUDITOR
from caretally.practice.self_auditing import MEMORY, SelfAudit, self_audit
from caretally.store.access import Access, record_access
from caretally.store.database import scoped
from caretally.store.models import Membership, Practice
from caretally.store.shelf import entry_of
from caretally.store.streams import book_of
from caretally.store.worked import worked_by, workers
from caretally.synthetic.lives import practices
from tests.integration.audits.clinic import NURSES, PRACTICE, clean, faulty
from tests.integration.claims.closed import closed
from tests.integration.databases import Site
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo

MARCH, FEBRUARY = ServiceMonth(2026, 3), ServiceMonth(2026, 2)
LATER = datetime(2026, 4, 20, 12, tzinfo=UTC)
NEEDS_MORE = {"two_places", "unopened_charts", "claims_beyond_record"}
"""Measures that ring by more than entries: accounts, looks at charts, and claims."""
NEVER = {name for name, each in MEASURES.items() if each.alarm.startswith("none")}


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Let nothing be remembered from another test."""
    MEMORY.whole.clear()
    MEMORY.short.clear()


def office_of(site: Site) -> Office:
    """Return the office of the program in the invented practice."""
    return Office(journal=site.journal(), caller=system_caller(PRACTICE, "test"), now=LATER)


def audited(site: Site, entries: Sequence[Entry], *, most: int = 1) -> SelfAudit:
    """Store entries and return the self-audit of March."""
    site.journal().append(PRACTICE, entries, received_at=LATER)
    with scoped(PRACTICE, site.db.alias):
        return self_audit(office_of(site), MARCH, most=most)


def ringing(audit: SelfAudit) -> list[str]:
    """Return the names of the measures whose alarm rings."""
    return [each.measure.name for each in audit.ringing]


def test_a_clean_practice_rings_no_alarm(site: Site) -> None:
    audit = audited(site, clean().entries, most=12)
    assert ringing(audit) == []
    assert (audit.waiting, audit.audit.patients) == (0, 12)
    for name, past in audit.past.items():
        tallies = [each.tally for each in past]
        assert [each.month for each in past] == sorted(each.month for each in past)
        assert len(past) == 12
        assert None not in tallies
        assert not any(each.rings for each in tallies if each), name
    managed = audit.past["agent_time"][-1].tally
    assert managed is not None
    assert (managed.figure.whole or 0) > 12 * 1200


def test_every_planted_fault_is_found(site: Site) -> None:
    planted = faulty()
    audit = audited(site, planted.entries)
    assert set(ringing(audit)) == set(planted.named)
    assert set(planted.named) == set(MEASURES) - NEEDS_MORE - NEVER
    for name, whose in planted.named.items():
        cases = audit.taken(name).finding.cases
        assert any(whose in (case.patient, case.staff) for case in cases), (name, cases)


def test_what_was_withdrawn_does_not_count(site: Site) -> None:
    clinic = clean()
    strange = next(
        entry for entry in faulty().entries
        if isinstance(entry.body, TimeLogged) and entry.body.performer == "stf_gone"
    )  # fmt: skip
    strange = replace(strange, id="ent_strange", patient="pat_clean0")
    assert ringing(audited(site, [*clinic.entries, strange])) == ["time_off_staff"]
    void = replace(strange, id="ent_void", at=LATER, recorded_at=LATER, reason="wrong person",
                   body=EntryVoided(entry=strange.id))  # fmt: skip
    assert ringing(audited(site, [void])) == []


def written_here(site: Site, count: int) -> list[str]:
    """Log time in March as people do, each stored when it is written; returns the ids."""
    found = []
    for number in range(count):
        start = datetime(2026, 3, 10, 21, 0, tzinfo=UTC) + timedelta(minutes=7 * number)
        end = start + timedelta(seconds=181 + number)
        body = TimeLogged(program="rpm", category="review", start=start, end=end,
                          performer=NURSES[2])  # fmt: skip
        entry = Entry(id=f"ent_here_{number}", patient="pat_clean1", at=start, recorded_at=end,
                      actor=f"staff:{NURSES[2]}", body=body)  # fmt: skip
        site.journal().append(PRACTICE, [entry], received_at=end + timedelta(seconds=2))
        found.append(entry.id)
    return found


def test_time_written_here_without_a_look_at_the_chart(site: Site) -> None:
    site.journal().append(PRACTICE, clean().entries, received_at=LATER)
    written_here(site, 12)
    with scoped(PRACTICE, site.db.alias):
        audit = self_audit(office_of(site), MARCH, most=0)
        assert audit.taken("unopened_charts").finding.figure == (12, 12)
        assert ringing(audit) == ["unopened_charts"]
        MEMORY.whole.clear()
        look = Access(practice=PRACTICE, patient="pat_clean1", actor=f"staff:{NURSES[2]}",
                      purpose="patient page")  # fmt: skip
        record_access(site.db, look, datetime(2026, 3, 10, 20, 30, tzinfo=UTC))
        again = self_audit(office_of(site), MARCH, most=0)
        assert again.taken("unopened_charts").finding.figure == (0, 12)


def test_a_month_is_worked_out_once_and_again_when_something_changed(site: Site) -> None:
    first = audited(site, clean().entries)
    with scoped(PRACTICE, site.db.alias):
        assert self_audit(office_of(site), MARCH, most=0).audit is first.audit
        assert self_audit(office_of(site), MARCH, most=0).waiting == 11
    written_here(site, 1)
    with scoped(PRACTICE, site.db.alias):
        changed = self_audit(office_of(site), MARCH, most=0)
    assert changed.audit.stretches == first.audit.stretches + 1


def test_progress_is_told(site: Site) -> None:
    site.journal().append(PRACTICE, clean().entries, received_at=LATER)
    told: list[tuple[int, int]] = []
    with scoped(PRACTICE, site.db.alias):
        self_audit(office_of(site), MARCH, most=3,
                   progress=lambda done, total: told.append((done, total)))  # fmt: skip
        few = self_audit(office_of(site), MARCH, most=0)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    known = [str(each.month) for each in few.past["night_work"] if each.tally]
    assert known == ["2025-12", "2026-01", "2026-02"]


def test_spans_say_what_their_entries_say(site: Site) -> None:
    site.journal().append(PRACTICE, faulty().entries, received_at=LATER)
    with scoped(PRACTICE, site.db.alias):
        book = book_of(site.db, PRACTICE)
        assert book is not None
        stored = {row[0]: entry_of(row[1]) for row in
                  site.db.rows("SELECT entry_id, line FROM store_entry")}  # fmt: skip
        people = workers(book, 0, 2**40)
        assert set(NURSES) < set(people)
        for person in people:
            for worked in worked_by(book, person, (0, 2**40)):
                entry = stored[worked.entry]
                body = entry.body
                assert (worked.patient, worked.kind) == (entry.patient, body.kind)
                assert datetime.fromisoformat(worked.recorded_at) == entry.recorded_at
                assert worked.actor == entry.actor
                assert worked.is_attested == (getattr(body, "attested_by", None) is not None)
                said = getattr(body, "note", None) or getattr(body, "summary", None) or ""
                assert worked.text == said


# --- the demonstration: who may see what ----------------------------------------------------------


@pytest.mark.parametrize("login", ["rosa", "lin", "bea", "amir"])
def test_only_those_who_audit_may(demo: Demo, login: str) -> None:
    with pytest.raises(ForbiddenError):
        self_audit(demo.office(login), MARCH)


def test_people_in_two_practices_show_to_those_who_may_audit_both(demo: Demo) -> None:
    both = self_audit(demo.office("cora"), MARCH, most=0).taken("several_practices").finding
    assert [(case.patient, case.says) for case in both.cases] == [
        ("pat_fay", f"also monitored at {HARBOR}")
    ]
    one = self_audit(demo.office("otto"), MARCH, most=0).taken("several_practices").finding
    assert (one.rings, one.cases) == (False, ())
    there = self_audit(demo.office("cora", HARBOR), MARCH, most=0)
    assert there.taken("several_practices").finding.cases[0].patient == "pat_fay_harbor"


def test_a_clinic_is_all_that_its_auditor_sees(demo: Demo) -> None:
    office = demo.office("otto")
    grants = (Grant(role=AUDITOR, clinic="prac_nowhere"),)
    narrow = replace(office, caller=replace(office.caller, grants=grants))
    assert self_audit(narrow, MARCH, most=0).audit.patients == 0
    assert self_audit(office, MARCH, most=0).audit.patients == 8


def test_an_account_in_two_places_at_once_rings(demo: Demo) -> None:
    nora = Membership.objects.get(user__username="nora")
    Membership.objects.create(
        user=nora.user, practice=Practice.objects.get(name=LAKESIDE), role="nurse",
        staff=practices.NURSE, from_on=nora.from_on, granted_by="system:test",
        granted_at=nora.granted_at,
    )  # fmt: skip
    office = demo.office("otto")
    assert not self_audit(office, MARCH, most=0).taken("two_places").finding.rings
    spans = list(worked_by(demo.office("cora", HARBOR).book(), practices.HARBOR_NURSE, (0, 2**40)))
    mine = next(each for each in spans if each.begins > 1_772_500_000)
    start = datetime.fromtimestamp(mine.begins + 60, UTC)
    body = TimeLogged(program="rpm", category="review", start=start,
                      end=start + timedelta(minutes=20), performer=practices.NURSE)  # fmt: skip
    entry = demo.office("rosa").filing("pat_ada", reason="late").entry(body)
    office.append([entry])
    found = self_audit(office, MARCH, most=0).taken("two_places").finding
    assert found.rings
    assert (found.cases[0].staff, found.cases[0].entries) == (practices.NURSE, (entry.id,))


def test_a_claim_that_the_record_does_not_bear_out_any_more_rings(demo: Demo) -> None:
    biller = closed(demo)
    prepare(biller, FEBRUARY)
    send(biller, Wanted(month=FEBRUARY))
    before = self_audit(demo.office("otto"), FEBRUARY, most=0).taken("claims_beyond_record")
    assert (before.finding.rings, before.finding.figure.whole) == (False, 8)
    office = demo.office("rosa")
    talks = [
        entry for entry in office.chart(office.card("pat_hal")).record.in_force
        if isinstance(entry.body, ContactHeld) and entry.at.month == 2
    ]  # fmt: skip
    office.append([
        office.filing("pat_hal", reason="another patient").entry(EntryVoided(entry=entry.id))
        for entry in talks
    ])  # fmt: skip
    after = self_audit(demo.office("otto"), FEBRUARY, most=0).taken("claims_beyond_record")
    assert after.finding.rings
    assert [case.patient for case in after.finding.cases] == ["pat_hal"]
    assert "99457" in after.finding.cases[0].says


def test_an_unknown_measure_is_not_there(demo: Demo) -> None:
    with pytest.raises(UnknownError):
        self_audit(demo.office("cora"), MARCH, most=0).taken("luck")


def test_time_in_a_pause_that_was_over_later_is_found(site: Site) -> None:
    clinic = clean()
    chart = clinic.admitted("pause", "2026-01-20")
    clinic.measured(chart, date(2026, 1, 21), date(2026, 4, 10))
    chart.note("2026-03-05 09:00", "staff:stf_doc", Disenrolled(program="rpm", reason="moved"))
    clinic.worked(chart, NURSES[3], "2026-03-16", 411)
    again = Enrolled(
        program="rpm", practice=PRACTICE, billing_provider="stf_doc", diagnoses=("I10",),
        time_zone="America/Chicago", established_on=date(2025, 11, 3),
    )  # fmt: skip
    chart.note("2026-04-01 09:00", "staff:stf_doc", again)
    clinic.keep(chart)
    found = audited(site, clinic.entries, most=0).taken("time_out_of_service").finding
    assert [(case.patient, case.says) for case in found.cases] == [
        ("pat_pause", "6 min 51 s outside of the enrollment")
    ]
