"""One patient's place on the worklist of a day: why somebody should turn to the patient, and how.

Worked out whole from the journal and the date. A patient is listed for a reason of care or of
missing evidence, never because a code is close; what can still be reached stands beside the
reasons. What was written down for the day counts to its end; what can be reached, from its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from caretally.billability.decision import Decision
from caretally.billability.forecast import next_of, running_slot
from caretally.clock import ServiceMonth, date_of
from caretally.codes import MONITORING_PROGRAMS
from caretally.contacts.ladder import (
    DISENROLL,
    NOTIFY,
    REVIEW,
    TRY,
    WAIT,
    Ladder,
    Question,
    Reach,
    reach,
)
from caretally.enrollment.custody import held_at
from caretally.enrollment.episodes import episode_at
from caretally.enrollment.queries import DemandsOf, state_of
from caretally.enrollment.record import PatientRecord
from caretally.enrollment.state import EnrollmentState
from caretally.journal.entries import ContactHeld, PatientRegistered
from caretally.journal.quantities import SYSTOLIC
from caretally.triage.alerts import Alert, alerts_of
from caretally.triage.concerns import NAMES, OUT_OF_RANGE, PATTERN, SILENT, Concern, concerns
from caretally.triage.queries import Asked, Reviewed, is_conversation, review
from caretally.triage.raising import MANY, families_of, untold
from caretally.triage.readings import Measurement
from caretally.triage.rules import CRISIS, EMERGENT, MISSING, TECHNICAL
from caretally.triage.starting_points import FEWER_DAYS

encode = msgspec.json.Encoder(order="sorted").encode

URGENCIES = ("crisis", "out_of_range", "out_of_reach", "conversation", "evidence")
"""The most urgent first; an item has the urgency of its most urgent reason."""
CRISIS_LEVEL, VALUE_LEVEL, REACH_LEVEL, TALK_LEVEL, EVIDENCE_LEVEL = range(5)
LEVEL_OF = {OUT_OF_RANGE: VALUE_LEVEL, SILENT: REACH_LEVEL, PATTERN: TALK_LEVEL}
NEVER = "9999-12-31"
"""The last feasible day where nothing more can be reached; it sorts last."""
CONTACT, ENROLLMENT, PATIENT = "contact", "enrollment", "patient"
"""Names of the pages on which something is done."""
DO_AFTER = {
    "value_in_crisis": "Measure again at rest and talk with the patient now",
    "value_outside": "Talk with the patient",
    "rose_fast": "Ask about swelling and breath; tell the practitioner",
    "device_is_dark": "Ask what is wrong with the device, or with the patient",
    "measures_less": "Ask what gets in the way of measuring",
    "average_outside": "Talk with the patient about the last days",
    "many_alerts": "Look through the chart and talk with the patient",
    "device_needs_care": "Look after the device",
}
STEPS = {
    TRY: ("try_again", "Try again", CONTACT),
    NOTIFY: ("tell_practitioner", "Tell the practitioner", CONTACT),
    REVIEW: ("review_outreach", "Decide how to go on", CONTACT),
    DISENROLL: ("end_enrollment", "End the enrollment as decided", ENROLLMENT),
}
TREND_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a patient is listed.

    level: position in `URGENCIES`. do: what to do. page: where. codes: what the reason holds up.
    entries: ids of the readings or attempts. is_starting_point: whether the threshold is nobody's.
    """

    name: str
    level: int
    says: str
    do: str
    page: str = CONTACT
    due_on: str = ""
    codes: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    is_starting_point: bool = False


class Item(NamedTuple):
    """The columns of a row of the worklist; words in lists are separated by spaces."""

    name_key: str
    clinic: str
    month: str
    is_listed: bool
    urgency: int
    by_on: str
    programs: str
    reasons: str
    team: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The circumstances in which an item is worked out.

    begins, ends: first and last instant of the day, as the patient's days are counted.
    """

    day: date
    begins: datetime
    ends: datetime
    ladder: Ladder
    demands: DemandsOf

    @property
    def month(self) -> ServiceMonth:
        """The month of the day."""
        return ServiceMonth(self.day.year, self.day.month)


def open_programs(record: PatientRecord, today: Today) -> tuple[str, ...]:
    """Return the monitoring programs a patient is in; none after death."""
    if not record.is_alive_at(today.ends):
        return ()
    return tuple(p for p in MONITORING_PROGRAMS if episode_at(record, p, today.ends))


def unlisted(record: PatientRecord, today: Today) -> Item:
    """Return the item of a patient whom nothing is asked of."""
    return Item(
        name_key=name_key(record), clinic="", month=str(today.month), is_listed=False,
        urgency=len(URGENCIES), by_on=NEVER, programs="", reasons="", team="", content="{}",
    )  # fmt: skip


def item_of(record: PatientRecord, decision: Decision, today: Today) -> Item:
    """Return the item of a patient who is in a monitoring program."""
    programs = open_programs(record, today)
    states = [state_of(record, program, today.ends, today.demands) for program in programs]
    steps = [reach_of(record, program, today) for program in programs]
    reviewed = reviewed_by(record, states[0].time_zone, today)
    reasons = sorted(
        (
            *alert_reasons(record, reviewed),
            *ladder_reasons(steps, today.day),
            *talk_reasons(record, steps, today),
            *gap_reasons(states),
        ),
        key=lambda each: each.level,
    )
    codes = reachable(decision)
    by_on = min((str(each["last_on"]) for each in codes), default=NEVER)
    latest = states[0].episode
    details = latest.details_at(today.ends) if latest else None
    return Item(
        name_key(record),
        (details.practice if details else None) or "",
        str(today.month),
        bool(reasons),
        min((each.level for each in reasons), default=len(URGENCIES)),
        by_on,
        spaced(programs),
        spaced(dict.fromkeys(each.name for each in reasons)),
        spaced(dict.fromkeys(member for state in states for member in state.care_team)),
        encode(
            {
                "reasons": [asdict(each) for each in reasons],
                "codes": codes,
                "clocks": clocks(decision),
                "period": period_of(decision),
                "last_talked_on": words_of(last_talk(record, today)),
                **trend(reviewed),
            }
        ).decode(),
    )


def spaced(words: Iterable[str]) -> str:
    """Return words with a space around each, so that a whole word can be searched for."""
    joined = " ".join(words)
    return f" {joined} " if joined else ""


def name_key(record: PatientRecord) -> str:
    """Return what the patient is sorted by."""
    registered = record.all_of(PatientRegistered)
    return (registered[-1].body.name or "").lower() if registered else ""


def words_of(day: date | None) -> str:
    """Return an ISO date; nothing without one."""
    return day.isoformat() if day else ""


def reviewed_by(record: PatientRecord, time_zone: str, today: Today) -> Reviewed:
    """Return what the readings of a patient say, with the day since which a device is held."""
    held = [each.begins for each in held_at(record, today.ends)]
    asked = Asked(
        patient=record.patient, day=today.day, time_zone=time_zone,
        equipped_on=record.day_of(min(held)) if held else None, at=today.ends,
    )  # fmt: skip
    return review(record.in_force, asked)


def reach_of(record: PatientRecord, program: str, today: Today) -> Reach:
    """Return where a patient stands on the ladder of a program at the end of the day."""
    question = Question(
        register=record.register, patient=record.patient, program=program, now=today.ends,
        ladder=today.ladder,
    )  # fmt: skip
    return reach(record.in_force, question)


def alert_reasons(record: PatientRecord, reviewed: Reviewed) -> Iterator[Reason]:
    """Yield the alerts that wait for an outcome, and what calls for somebody without an alert yet.

    What an alert was closed about calls for nobody any more.
    """
    alerts = alerts_of(record.in_force, record.patient).values()
    families = families_of(record.in_force)
    for alert in sorted(alerts, key=lambda each: (each.urgency, each.raised_at)):
        if alert.is_open:
            name = alert_name(alert, families.get(alert.rule, ("", "")))
            yield Reason(
                name=name, level=alert_level(alert, name), says=alert.says, do=DO_AFTER[name],
                entries=alert.readings, is_starting_point=is_by_starting_point(alert),
            )  # fmt: skip
    yield from map(reason_of, concerns(untold(reviewed.findings, alerts, families)))


def alert_name(alert: Alert, family: tuple[str, str]) -> str:
    """Return what kind of reason an alert is."""
    if alert.rule == MANY:
        return MANY
    if alert.rule.startswith(CRISIS):
        return "value_in_crisis"
    if family[0] == MISSING:
        return "measures_less" if alert.rule == FEWER_DAYS else "device_is_dark"
    return NAMES.get(family[0], "device_needs_care")


def alert_level(alert: Alert, name: str) -> int:
    """Return how an alert ranks among the reasons of the list."""
    if alert.level == EMERGENT:
        return CRISIS_LEVEL
    if name in {"device_is_dark", "device_needs_care"}:
        return REACH_LEVEL
    return TALK_LEVEL if name == "measures_less" else VALUE_LEVEL


def is_by_starting_point(alert: Alert) -> bool:
    """Tell whether an alert rests on a threshold that nobody signed; a device's has none."""
    return not alert.signed_rule and alert.level != TECHNICAL


def reason_of(concern: Concern) -> Reason:
    """Return the reason that a concern is."""
    return Reason(
        name=concern.name,
        level=LEVEL_OF.get(concern.severity, CRISIS_LEVEL),
        says=concern.says[:1].upper() + concern.says[1:],
        do=DO_AFTER[concern.name],
        entries=concern.entries,
        is_starting_point=concern.is_starting_point,
    )


def ladder_reasons(steps: Iterable[Reach], day: date) -> Iterator[Reason]:
    """Yield the steps of the ladder that are due; an attempt to come on a later day is not."""
    for each in steps:
        if each.step not in STEPS or (each.step == TRY and (each.due_on or day) > day):
            continue
        name, do, page = STEPS[each.step]
        count = len(each.attempts)
        tried = f"{count} attempt{'s' if count != 1 else ''} without reaching the patient"
        how = f" by {each.next_mode}, {each.next_part_of_day}" if each.next_mode is not None else ""
        yield Reason(
            name=name, level=REACH_LEVEL, says=tried, do=f"{do}{how}", page=page,
            due_on=words_of(each.due_on), entries=each.attempts,
        )  # fmt: skip


def talk_reasons(record: PatientRecord, steps: Sequence[Reach], today: Today) -> Iterator[Reason]:
    """Yield that nobody of the staff talked with the patient this month.

    Not while the ladder says what comes next: then that is asked for, or waiting is.
    """
    if any(each.step in (*STEPS, WAIT) for each in steps):
        return
    last = last_talk(record, today)
    if last is not None and last >= today.month.first_day:
        return
    ago = f"; the last was on {last:%b} {last.day}" if last else ""
    yield Reason(
        name="conversation_due", level=TALK_LEVEL,
        says=f"No conversation yet in {today.day:%B}{ago}",
        do="Talk about readings, symptoms and treatment",
    )  # fmt: skip


def last_talk(record: PatientRecord, today: Today) -> date | None:
    """Return when staff last talked with the patient or a caregiver; an AI agent is no staff."""
    at = [
        entry.at
        for entry in record.entries(ContactHeld)
        if entry.at <= today.ends and is_conversation(entry)
    ]
    return record.day_of(max(at)) if at else None


def gap_reasons(states: Iterable[EnrollmentState]) -> Iterator[Reason]:
    """Yield the missing evidence that holds codes up."""
    for state in states:
        for gap in state.gaps:
            if gap.codes:
                yield Reason(
                    name=f"no_{gap.name.partition('_')[2]}", level=EVIDENCE_LEVEL,
                    says=gap.says[:1].upper() + gap.says[1:],
                    do=gap.mend[:1].upper() + gap.mend[1:], page=ENROLLMENT, codes=gap.codes,
                )  # fmt: skip


def reachable(decision: Decision) -> list[dict[str, Any]]:
    """Return the codes that can still be reached, the soonest first, each with its last day.

    A practitioner's data review that nobody began is left out: it is nobody's next step.
    """
    begun = decision.month.decided.review_seconds > 0
    found = [
        {"code": each["code"], "missing": each["missing"],
         "last_on": each.get("start_by", each["by"]), "by": each["by"]}
        for each in next_of(decision.month)
        if not each.get("unreachable") and (begun or "review_seconds" not in _missing(each))
    ]  # fmt: skip
    return sorted(found, key=lambda each: (str(each["last_on"]), str(each["code"])))


def _missing(forecast: Mapping[str, object]) -> Mapping[str, int]:
    missing = forecast.get("missing")
    return missing if isinstance(missing, dict) else {}


def clocks(decision: Decision) -> dict[str, int]:
    """Return the two clocks of the month, in seconds."""
    facts = decision.month.decided
    return {"management": facts.management_seconds, "live": facts.live_seconds}


def period_of(decision: Decision) -> dict[str, Any]:
    """Return the device period that is running, with its days of data; empty without one."""
    slot = running_slot(decision.month)
    if slot is None:
        return {}
    return {"to": date_of(slot.to_day).isoformat(), "data_days": slot.data_days}


def trend(reviewed: Reviewed) -> dict[str, Any]:
    """Return the last measurement in words and a month of the vital sign that matters most.

    Points are the last value of each day, with how many days ago it was.
    """
    shown = next((each.metric for each in reviewed.concerns if each.metric), "")
    by_count = sorted(reviewed.measured, key=lambda loinc: -len(reviewed.measured[loinc]))
    chosen = shown or (SYSTOLIC if SYSTOLIC in reviewed.measured else next(iter(by_count), ""))
    values = reviewed.measured.get(chosen, [])
    if not values:
        return {"last_on": words_of(reviewed.last_on)}
    last = values[-1]
    return {
        "last_on": words_of(reviewed.last_on),
        "vital": last.vital.words,
        "unit": last.vital.says,
        "value": rounded(last),
        "points": points(values),
    }


def points(values: Sequence[Measurement]) -> list[tuple[int, str]]:
    """Return the last value of each day, with its distance in days from the last of all."""
    last = {each.day: each for each in values}
    newest = values[-1].day
    return [
        ((newest - day).days, rounded(each))
        for day, each in last.items()
        if (newest - day).days < TREND_DAYS
    ]


def rounded(value: Measurement) -> str:
    """Return an amount with one digit after the point, or none where it is whole."""
    whole = value.amount == value.amount.to_integral_value()
    return f"{value.amount:.0f}" if whole else f"{value.amount:.1f}"
