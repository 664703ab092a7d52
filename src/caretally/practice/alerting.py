"""Raises alerts: judges what was measured as soon as it is on record, by whatever way it came.

A save marks the patients it touches; here the marks are worked off, and everybody is judged when a
day begins, since absences grow with days alone. All of a patient is judged and appended in one
transaction: what one worker raised, another finds raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caretally.clock import local_date
from caretally.enrollment.custody import held_at
from caretally.enrollment.record import PatientRecord, record_in_force
from caretally.journal.corrections import resolve
from caretally.journal.entries import Entry, ReadingRecorded
from caretally.practice.policies import EVERY_DAY, Policies, policies_of
from caretally.store.alerts import judged, unjudged
from caretally.store.charts import chart_entries, practice_entries
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import PATIENT, Book, Stream, locked_book, named_streams
from caretally.store.worklist import day_at
from caretally.triage import answer_times
from caretally.triage.alerts import Alert, alerts_of
from caretally.triage.queries import Asked, Reviewed, review
from caretally.triage.raising import Family, Restraint, Scene, Step, digest, families_of, steps
from caretally.triage.rules import Rule, is_watched, whom_of
from caretally.triage.starting_points import ANSWER_MINUTES

AT_ONCE = 20
"""Patients judged in one transaction, so that saves never wait long."""
LOOK_BACK = timedelta(days=30)
EVERYWHERE_BEGUN = timedelta(hours=12)
"""So long after a date began in UTC it has begun in every zone of the United States."""
ACTOR = "system:alerts"
CLOCKS = {
    "emergent": {"emergent"},
    "emergent_and_urgent": {"emergent", "urgent"},
    "all": {"emergent", "urgent", "routine", "technical"},
    "none": set[str](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchkeeping:
    """What is the same for all patients of a practice while alerts are raised."""

    book: Book
    journal: StoredJournal
    now: datetime
    day: date
    hours: answer_times.Hours
    restraint: Restraint


def judge_due(journal: StoredJournal, at: datetime, limit: int = 40) -> int:
    """Judge readings that changed, and everybody when a day begins; returns how many patients."""
    rows = journal.db.rows(
        "SELECT practice.name FROM store_practice AS practice WHERE EXISTS (SELECT 1 FROM "
        "store_workitem AS item WHERE item.practice_id = practice.id AND item.judged_on < %s) "
        "ORDER BY practice.id",
        (at - EVERYWHERE_BEGUN).date().isoformat(),
    )  # fmt: skip
    done = 0
    for (practice,) in rows:
        if done >= limit:
            break
        done += judge_practice(journal, practice, at, limit - done)
    return done


def judge_practice(journal: StoredJournal, practice: str, at: datetime, limit: int) -> int:
    """Judge the patients of a practice who wait for it, so many at most; returns how many."""
    done = 0
    with scoped(practice, journal.db.alias):
        while done < limit:
            with journal.db.atomic():
                keeping = watchkeeping(journal, practice, at)
                streams = unjudged(keeping.book, keeping.day, min(AT_ONCE, limit - done))
                judge_streams(keeping, streams)
            done += len(streams)
            if not streams:
                break
    return done


def raise_alerts(
    journal: StoredJournal, practice: str, patients: Iterable[str], at: datetime
) -> int:
    """Judge the readings of patients and append what follows; returns how many entries.

    May be repeated at will: an alert is known by its rule and readings.
    """
    waiting, count = sorted(set(patients)), 0
    with scoped(practice, journal.db.alias):
        while waiting:
            part, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
            with journal.db.atomic():
                keeping = watchkeeping(journal, practice, at)
                found = named_streams(keeping.book, [PATIENT + each for each in part])
                count += judge_streams(keeping, list(found.values()))
    return count


def watchkeeping(journal: StoredJournal, practice: str, at: datetime) -> Watchkeeping:
    """Return what is the same for all patients; other saves of the practice wait from here on."""
    book = locked_book(journal.db, practice)
    own = resolve(practice_entries(book, journal.desk.shelf)).in_force
    day = day_at(book, journal.desk, at)
    policies = policies_of(own, day)
    return Watchkeeping(
        book=book, journal=journal, now=at, day=day, hours=hours_of(policies, own),
        restraint=Restraint(
            rearm=timedelta(hours=policies.whole("alert_rearm_hours")),
            most_a_day=policies.whole("alert_most_a_day"),
        ),
    )  # fmt: skip


def hours_of(policies: Policies, own: Sequence[Entry]) -> answer_times.Hours:
    """Return when somebody answers at a practice; the zone is that of its days."""
    record = record_in_force(own, "")
    roots = [each for each, body in record.register.practices.items() if body.part_of is None]
    is_daily = policies.text("alert_days") == EVERY_DAY
    return answer_times.Hours(
        time_zone=record.register.home_zone(next(iter(roots), None)),
        from_hour=policies.whole("alert_from_hour"), to_hour=policies.whole("alert_to_hour"),
        weekdays=answer_times.EVERY_DAY if is_daily else answer_times.WORKDAYS,
        always=frozenset(CLOCKS[policies.text("alert_clock")]),
    )  # fmt: skip


def judge_streams(keeping: Watchkeeping, streams: Sequence[Stream]) -> int:
    """Judge patients inside a transaction and append what follows; returns how many entries."""
    count = append_steps(keeping, [(each, steps_for(keeping, each)) for each in streams])
    # What was just appended is about alerts only and marked the patients again.
    judged(keeping.book, [each.id for each in streams], keeping.day.isoformat())
    return count


def append_steps(keeping: Watchkeeping, found: Sequence[tuple[Stream, list[Step]]]) -> int:
    """Append the entries of steps; what is stored already is left out. Returns how many."""
    made: list[Entry] = []
    for stream, taken in found:
        if not taken or stream.patient is None:
            continue
        stored = keeping.journal.desk.shelf.entries(keeping.book.db, stream)
        known = {entry.id for entry in stored}
        entries = (entry_of(keeping, stream.patient, step) for step in taken)
        made += (entry for entry in entries if entry.id not in known)
    if made:
        keeping.journal.append(keeping.book.practice, made, received_at=keeping.now)
    return len(made)


def steps_for(keeping: Watchkeeping, stream: Stream) -> list[Step]:
    """Return what follows from a patient's readings."""
    scene = scene_of(keeping, recent_record(keeping, stream))
    return steps(scene) if scene is not None else []


def entry_of(keeping: Watchkeeping, patient: str, step: Step) -> Entry:
    """Return the entry of a step, with the same id whenever it is made."""
    return Entry(
        id=f"ent_{digest((patient, *step.mark))}", patient=patient, at=keeping.now,
        recorded_at=keeping.now, actor=ACTOR, body=step.body,
    )  # fmt: skip


def recent_record(keeping: Watchkeeping, stream: Stream) -> PatientRecord:
    """Return a patient's record without the readings of long ago, which no rule looks at."""
    shelf = keeping.journal.desk.shelf
    entries = resolve(chart_entries(keeping.book, stream, shelf)).in_force
    since = keeping.now - LOOK_BACK - timedelta(days=2)
    kept = [e for e in entries if type(e.body) is not ReadingRecorded or e.at >= since]
    assert stream.patient is not None
    return record_in_force(kept, stream.patient)


def scene_of(keeping: Watchkeeping, record: PatientRecord) -> Scene | None:
    """Return what alerts of a patient are raised from; None where nobody watches the readings."""
    now, patient = keeping.now, record.patient
    if not is_watched(whom_of(record.in_force, patient, now)) or not record.is_alive_at(now):
        return None
    zone_name = record.register.zone_of(patient, now)
    held = [each.begins for each in held_at(record, now)]
    asked = Asked(
        patient=patient, day=local_date(now, zone_name), time_zone=zone_name, at=now,
        equipped_on=local_date(min(held), zone_name) if held else None, look_back=LOOK_BACK,
    )  # fmt: skip
    found = review(record.in_force, asked)
    alerts = alerts_of(record.in_force, patient)
    return Scene(
        patient=patient, now=now, findings=found.findings, alerts=alerts,
        families_of=families_of(record.in_force),
        in_force=frozenset(entry.id for entry in found.readings),
        looked_back_to=now - LOOK_BACK + timedelta(days=1),
        answer_by=lambda rule, level: answer_by(keeping, rule, level),
        calm=calm_of(found), rules=found.rules,
        last_reading_at=max((each.at for each in found.readings), default=None),
        today=raised_today(alerts.values(), asked), restraint=keeping.restraint,
    )  # fmt: skip


def raised_today(alerts: Iterable[Alert], asked: Asked) -> int:
    """Return how many alerts were raised on the patient's day."""
    return sum(local_date(each.raised_at, asked.time_zone) == asked.day for each in alerts)


def answer_by(keeping: Watchkeeping, rule: Rule, level: str) -> datetime:
    """Return by when an alert of a rule must be acknowledged; a milder one than the rule's later.

    A rule's own minutes are those of its own level.
    """
    minutes = rule.answer_minutes if level == rule.level else None
    return keeping.hours.answer_by(
        keeping.now, ANSWER_MINUTES[level] if minutes is None else minutes, level
    )


def calm_of(found: Reviewed) -> dict[Family, list[datetime]]:
    """Return, by what alerts join by, when something was measured and no rule found anything."""
    by_family: dict[Family, set[str]] = {}
    for finding in found.findings:
        by_family.setdefault(finding.family, set()).add(finding.anchor)
    calm: dict[Family, list[datetime]] = {}
    for rule in found.rules:
        told = by_family.get(rule.family, set())
        calm[rule.family] = [
            each.at for each in found.measured.get(rule.metric, ()) if each.entry not in told
        ]
    return calm
