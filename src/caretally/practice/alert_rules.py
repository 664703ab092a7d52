"""Rules of triage as a practice keeps them: what holds, who signed, what a change would do.

A trial run judges the readings of the last days by a rule that nobody signed yet, and appends
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from caretally.clock import local_date
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Filing
from caretally.journal.entries import AlertRuleSet, Entry, ThresholdSet
from caretally.practice.office import Chart, Office
from caretally.practice.roles import SEE_PATIENTS, SIGN_RULES
from caretally.store.charts import practice_entries
from caretally.triage.commands import set_rule
from caretally.triage.queries import Asked, review
from caretally.triage.rules import (
    MISSING,
    Held,
    Rule,
    held,
    latest_versions,
    signed_rule,
    signed_rules,
    whom_of,
)
from caretally.triage.starting_points import CRISIS_RULES, STARTING_POINTS
from caretally.triage.thresholds import ladder_of_rules

TRIED_DAYS = 30
MOST_TRIED = 200
"""Patients whose readings a trial run looks at, so that nobody waits long for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Rules of a practice, of a program or of a condition, with those that they replaced.

    versions: by rule and place, of those signed, the earliest first.
    """

    rules: tuple[Rule, ...]
    versions: dict[tuple[object, object], tuple[Rule, ...]]

    def earlier(self, rule: Rule) -> tuple[Rule, ...]:
        """Return the versions before one that holds now, the latest first."""
        return tuple(
            each for each in reversed(self.versions.get((rule.key, rule.place), ()))
            if each.entry != rule.entry
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a rule would have found in the last days, beside what holds now.

    Counted are days of patients with a finding: readings of a day join one alert, and an alert is
    taken to be answered by the end of its day. patients: to whom the rule is meant. looked_at: of
    how many of them the readings were judged.
    """

    now: int
    then: int
    patients: int
    looked_at: int
    is_of_absences: bool


def own_entries(office: Office) -> tuple[Entry, ...]:
    """Return the entries in force that are about the practice."""
    return tuple(resolve(practice_entries(office.book(), office.journal.desk.shelf)).in_force)


def shelf_of(office: Office) -> Shelf:
    """Return the rules of the practice: signed ones, and starting points nobody replaced.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    return shelved(rules_signed(own_entries(office), None))


def rules_signed(in_force: Iterable[Entry], patient: str | None) -> list[Rule]:
    """Return every version that was signed for a practice or a patient, by time."""
    found = (
        signed_rule(each) for each in in_force
        if isinstance(each.body, AlertRuleSet | ThresholdSet) and each.patient == patient
    )  # fmt: skip
    return sorted((each for each in found if each is not None),
                  key=lambda each: (str(each.at), each.entry))  # fmt: skip


def shelved(signed: Sequence[Rule]) -> Shelf:
    """Return rules with their versions; a starting point stands until its place is signed for."""
    versions: dict[tuple[object, object], list[Rule]] = {}
    for rule in signed:
        versions.setdefault((rule.key, rule.place), []).append(rule)
    latest = latest_versions(signed)
    taken = {(each.key, each.place) for each in latest}
    starts = [each for each in STARTING_POINTS if (each.key, each.place) not in taken]
    return Shelf(rules=(*latest, *starts),
                 versions={key: tuple(found) for key, found in versions.items()})  # fmt: skip


def rules_of_patient(office: Office, patient: str) -> tuple[Chart, tuple[Held, ...]]:
    """Return a chart with every rule meant for the patient, those that hold marked.

    Raises:
        ForbiddenError, UnknownError: the caller may not see the patient.
    """
    chart = office.open_chart(patient, purpose="rules")
    found = ladder_of_rules(chart.record.in_force, patient, office.now)
    crisis = (Held(rule=each, holds=True) for each in CRISIS_RULES)
    return chart, (*crisis, *found)


def sign(office: Office, filing: Filing, body: AlertRuleSet) -> None:
    """Sign a rule for the practice or a patient.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: something speaks against it; all is named.
    """
    office.caller.require(SIGN_RULES)
    if filing.patient is None:
        office.append(set_rule(office.register(), filing, body))
        return
    office.card(filing.patient, permission=SIGN_RULES)

    def command(record: PatientRecord) -> Sequence[Entry]:
        return set_rule(record.register, filing, body)

    office.act(filing.patient, command, permission=SIGN_RULES)


def trial(office: Office, filing: Filing, body: AlertRuleSet) -> Trial:
    """Return what a rule would have found in the last days; nothing is stored.

    Raises:
        ForbiddenError: the caller may not sign rules.
        InputError: something speaks against the rule; all is named.
    """
    office.caller.require(SIGN_RULES)
    (entry,) = set_rule(office.register(), filing, body)
    candidate = signed_rule(entry)
    if candidate is None:
        raise InputError([])
    patients = [filing.patient] if filing.patient else watched_patients(office)
    now, then, meant, looked_at = 0, 0, 0, 0
    for patient in patients:
        if looked_at >= MOST_TRIED:
            break
        record = office.chart(office.card(patient)).record
        if not whom_of(record.in_force, patient, office.now).has(candidate):
            continue
        looked_at += 1
        meant += 1
        before, after = rules_with(record, candidate, office)
        now += len(days_found(record, before, office))
        then += len(days_found(record, after, office))
    return Trial(now=now, then=then, patients=meant, looked_at=looked_at,
                 is_of_absences=candidate.test == MISSING)  # fmt: skip


def watched_patients(office: Office) -> list[str]:
    """Return the patients of open enrollments whom the caller may see, by id."""
    held_to = office.clinics(SEE_PATIENTS)
    rows = office.db.rows(
        "SELECT patient, clinic FROM store_patientcard WHERE practice_id = %s AND stage = 'open' "
        "ORDER BY patient",
        office.book().number,
    )
    return [patient for patient, clinic in rows if held_to is None or clinic in held_to]


def rules_with(
    record: PatientRecord, candidate: Rule, office: Office
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Return the rules of the candidate's kind that hold now, and those that would hold with it."""
    whom = whom_of(record.in_force, record.patient, office.now)
    signed = signed_rules(record.in_force, record.patient, office.now)
    later = replace(candidate, at=office.now, entry=candidate.entry)
    both = (signed, latest_versions([*signed, later]))
    now, then = (
        tuple(
            each.rule for each in held(whom, found, STARTING_POINTS)
            if each.holds and each.rule.is_active and each.rule.key == candidate.key
        )
        for found in both
    )  # fmt: skip
    return now, then


def days_found(record: PatientRecord, rules: tuple[Rule, ...], office: Office) -> set[date]:
    """Return the local days of a patient on which rules find something in readings."""
    zone_name = record.register.zone_of(record.patient, office.now)
    today = local_date(office.now, zone_name)
    longest = max((each.days for each in rules), default=0)
    asked = Asked(
        patient=record.patient, day=today, time_zone=zone_name, rules=rules,
        look_back=timedelta(days=TRIED_DAYS + longest),
        equipped_on=today - timedelta(days=TRIED_DAYS),
    )  # fmt: skip
    first = today - timedelta(days=TRIED_DAYS)
    days = (
        today if each.at is None else local_date(each.at, zone_name)
        for each in review(record.in_force, asked).findings
    )
    return {day for day in days if day >= first}
