"""A small practice with people on call and alerts, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from caretally.journal.entries import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRaised,
    Body,
    Enrolled,
    Entry,
    EscalationLadderSet,
    EscalationStep,
    OnCallScheduled,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.practice.caller import Caller, Grant
from caretally.practice.contact_points import keep_point
from caretally.practice.office import Office
from caretally.store.alert_tables import Notice
from caretally.store.stored_journal import StoredJournal

PRACTICE, PATIENT = "prac_x", "pat_x"
NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)
NUMBERS = count(1)


def entry(body: Body, at: datetime = NOW, patient: str | None = None) -> Entry:
    """Return an entry of an instant."""
    return Entry(
        id=f"ent_{next(NUMBERS)}", patient=patient, at=at, recorded_at=at, actor="system:test",
        body=body,
    )  # fmt: skip


def staff(name: str, role: str) -> Entry:
    """Return a member of staff."""
    return entry(StaffRegistered(staff=name, role=role, from_on=date(2020, 1, 1)))


def shift(name: str, begins: float, ends: float, **more: object) -> Entry:
    """Return a shift, in hours from now."""
    return entry(OnCallScheduled(
        staff=name, from_at=NOW + timedelta(hours=begins), to_at=NOW + timedelta(hours=ends),
        **more,  # type: ignore[arg-type]
    ))  # fmt: skip


def begun(journal: StoredJournal, *more: Entry) -> StoredJournal:
    """Return a journal with a practice, two nurses, a physician and a patient in it."""
    journal.append(PRACTICE, [
        entry(PracticeRegistered(practice=PRACTICE, name="X", time_zone="America/Chicago")),
        staff("stf_ann", "rn"), staff("stf_bob", "rn"), staff("stf_doc", "physician"),
        entry(Enrolled(program="rpm", practice=PRACTICE, diagnoses=("I10",)), patient=PATIENT),
        *more,
    ], received_at=NOW)  # fmt: skip
    return journal


def alert(
    journal: StoredJournal, name: str = "alr_1", level: str = "urgent", at: datetime = NOW,
    answer_by: datetime | None = None,
) -> None:  # fmt: skip
    """Raise an alert."""
    body = AlertRaised(
        alert=name, rule="value_outside", level=level, says="Systolic 212 mmHg", answer_by=answer_by
    )
    journal.append(PRACTICE, [entry(body, at, PATIENT)], received_at=at)


def taken_on(journal: StoredJournal, at: datetime, name: str = "alr_1") -> Entry:
    """Let somebody take an alert on; returns the entry."""
    made = entry(AlertAcknowledged(alert=name, by="stf_bob"), at, PATIENT)
    journal.append(PRACTICE, [made], received_at=at)
    return made


def ladder(*steps: tuple[int, str, tuple[str, ...]], level: str = "urgent") -> Entry:
    """Return a ladder that a physician signed."""
    return entry(EscalationLadderSet(
        level=level, set_by="stf_doc",
        steps=tuple(EscalationStep(after_minutes=after, to=to, channels=channels)
                    for after, to, channels in steps),
    ))  # fmt: skip


def office(journal: StoredJournal, name: str = "stf_ann", role: str = "nurse") -> Office:
    """Return somebody's office."""
    caller = Caller(user=1, login=name, practice=PRACTICE, grants=(Grant(role=role),), staff=name)
    return Office(journal=journal, caller=caller, now=NOW)


def reached_by_mail(journal: StoredJournal, *names: str) -> None:
    """Let people be reached by mail."""
    for name in names:
        keep_point(office(journal, name), "email", f"{name}@clinic.example")


def told(journal: StoredJournal) -> list[tuple[int, tuple[str, ...]]]:
    """Return the steps that the journal says were told."""
    found = [e.body for e in journal.entries(PRACTICE) if isinstance(e.body, AlertEscalated)]
    return sorted((each.step, each.told) for each in found)


def notices(journal: StoredJournal) -> list[tuple[int, str, str, str]]:
    """Return the notices: step, person, channel, state."""
    rows = Notice.objects.using(journal.db.alias).order_by("step", "staff", "channel")
    return [(each.step, each.staff, each.channel, each.state) for each in rows]
