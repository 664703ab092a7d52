"""Whose seconds count, one second at a time (contract section 3 and section 6, Contacts, Seconds).

Every second of every span is a member of a set or a key of a dictionary. It refuses intervals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from caretally.journal.entries import Entry
from tests.property.oracle_file import (
    COUNTING_ROLES,
    PRACTITIONER_ROLES,
    File,
    Person,
    day_of,
    open_on,
    second_of,
    start_of,
)

LONGEST_SPAN = 8 * 3600  # contract section 3: an entry longer than 8 hours is quarantined
COUNTED_CATEGORIES = {
    "review", "coordination", "treatment_change", "education", "documentation",
}  # contract section 3, "which categories"  # fmt: skip
CLINICAL_TOPICS = {"device_data", "symptoms", "medication", "care_plan"}  # any but general
HUMAN_MODES = {"telephone", "video", "in_person"}  # chat and AI calls are no qualifying contact
REVIEW = "99091"


@dataclass
class Span:
    """A contact or a piece of logged time, and what became of its seconds.

    sort: live, management, marked, or nothing where no second may count.
    faults: reasons of the whole entry.
    counts: by second, the performers who may be counted.
    kept: by second, the performers left after staff overlaps.
    won: the seconds of the month that it keeps in the end.
    lost: reasons of single seconds of the month.
    """

    entry: Entry
    person: Person
    start: int
    end: int
    sort: str = "nothing"
    faults: set[str] = field(default_factory=set)
    counts: dict[int, set[str]] = field(default_factory=dict)
    kept: dict[int, set[str]] = field(default_factory=dict)
    won: set[int] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    @property
    def program(self) -> str:
        """The program it was written to."""
        return self.entry.body.program

    @property
    def rank(self) -> tuple[int, str]:
        """Written start, then id: the earlier wins."""
        return self.start, self.entry.id

    @property
    def plausible(self) -> bool:
        """Whether it is neither longer than 8 hours nor ends before it starts."""
        return 0 <= self.end - self.start <= LONGEST_SPAN

    @property
    def performers(self) -> set[str]:
        """Who worked."""
        if self.entry.kind == "contact_held":
            return set(self.entry.body.performers)
        return {self.entry.body.performer}

    def in_month(self) -> bool:
        """Whether it shares a second with the month, or begins in it where it has no length."""
        first, after = self.person.month_span
        if self.end > self.start:
            return self.start < after and first < self.end
        return first <= self.start < after

    def month_seconds(self) -> range:
        """Its seconds in the month."""
        first, after = self.person.month_span
        return range(max(self.start, first), min(self.end, after))

    def excluded(self, second: int) -> bool:
        """Whether a second lies in a leg that counts nothing."""
        if self.entry.kind != "contact_held":
            return False
        for leg in self.entry.body.excluded:
            if second_of(leg.start) <= second < second_of(leg.end):
                return True
        return False


def registrations(file: File, staff: str) -> list[Entry]:
    """All registrations of a staff id."""
    return [e for e in file.of_kind("staff_registered") if e.body.staff == staff]


def is_ai(file: File, staff: str) -> bool:
    """Whether a staff id is an AI agent by any registration."""
    return any(e.body.role == "ai_agent" for e in registrations(file, staff))


class Roster:
    """Who counts at which second, by the dates of a patient's zone."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.remembered: dict[tuple[str, str], list[tuple[int, int, str]]] = {}

    def terms(self, staff: str, zone: str) -> list[tuple[int, int, str]]:
        """From, to and role of every registration, in seconds."""
        if (staff, zone) not in self.remembered:
            found = []
            for entry in registrations(self.file, staff):
                first, last = entry.body.from_on, entry.body.to_on
                found.append(
                    (
                        -(10**12) if first is None else start_of(first, zone),
                        10**12 if last is None else start_of(last + timedelta(days=1), zone),
                        entry.body.role,
                    )
                )
            self.remembered[staff, zone] = found
        return self.remembered[staff, zone]

    def has_role(self, staff: str, zone: str, second: int, roles: set[str]) -> bool:
        """Whether a staff id has one of the roles at a second."""
        for first, after, role in self.terms(staff, zone):
            if role in roles and first <= second < after:
                return True
        return False


def has_authority(span: Span) -> bool:
    """Whether the caregiver may speak for the patient on the local date of the contact."""
    caregiver = span.entry.body.spoke_with.removeprefix("caregiver:")
    day = day_of(span.start, span.person.zone)
    for entry in span.person.of_kind("caregiver_authorized"):
        if entry.body.caregiver == caregiver and open_on(day, entry.body.from_on, entry.body.to_on):
            return True
    return False


def judge_contact(span: Span) -> None:
    """What a contact is worth as a whole (contract section 2 below the table, section 6)."""
    body = span.entry.body
    if body.mode == "ai_telephone":
        span.faults.add("ai_time")
        return
    if body.spoke_with == "other":
        if body.part_of_visit:
            span.faults.add("part_of_visit")
        else:
            span.sort = "management"
        return
    if body.mode == "chat":
        span.faults.add("chat_time")
        return
    if not body.two_way or not CLINICAL_TOPICS & set(body.topics):
        span.faults.add("not_a_contact")
    elif body.spoke_with.startswith("caregiver:") and not has_authority(span):
        span.faults |= {"not_a_contact", "has_caregiver_authority"}
    if span.faults:
        return
    if body.part_of_visit:
        span.faults.add("part_of_visit")
        return
    span.sort = "live"


def judge_time(span: Span, file: File) -> None:
    """What logged time is worth as a whole."""
    body = span.entry.body
    if is_ai(file, body.performer):
        span.faults.add("ai_time")
        return
    if body.category not in COUNTED_CATEGORIES:
        span.faults.add("not_counted_category")
        return
    if body.intended_code != REVIEW:
        span.sort = "management"
    elif any(e.body.role in PRACTITIONER_ROLES for e in registrations(file, body.performer)):
        span.sort = "marked"
    else:
        span.faults.add("not_counted_performer")


def spans_of(file: File, people: dict[str, Person]) -> list[Span]:
    """Every span in force of every patient near the month, judged as a whole."""
    found = []
    for entry in file.of_kind("contact_held", "time_logged"):
        person = people[entry.patient or ""]
        span = Span(
            entry=entry,
            person=person,
            start=second_of(entry.body.start),
            end=second_of(entry.body.end),
        )
        if not span.plausible:
            span.faults.add("implausible_span")
        elif entry.kind == "contact_held":
            judge_contact(span)
        else:
            judge_time(span, file)
        found.append(span)
    return found


def find_countable(span: Span, roster: Roster) -> None:
    """Find who may be counted in each second, before any overlap; name what else is missing."""
    month = set(span.month_seconds())
    if span.sort == "nothing":
        if span.faults & {"ai_time", "chat_time"}:
            every = range(span.start, span.end)
            span.lost |= {"excluded_leg" for second in every if span.excluded(second)}
        return
    for second in range(span.start, span.end):
        faults = span.person.service_faults(span.program, second)
        if span.excluded(second):
            faults.add("excluded_leg")
        able = able_performers(span, roster, second)
        if able and not faults:
            span.counts[second] = able
        if second in month:
            span.lost |= faults


def able_performers(span: Span, roster: Roster, second: int) -> set[str]:
    """Who has a role that may fill the span at a second."""
    roles = PRACTITIONER_ROLES if span.sort == "marked" else COUNTING_ROLES
    zone = span.person.zone
    return {who for who in span.performers if roster.has_role(who, zone, second, roles)}


def settle_staff(spans: list[Span], roster: Roster) -> None:
    """Give each second of a staff member to the patient of the earliest entry."""
    owner: dict[tuple[str, int], Span] = {}
    for span in sorted(spans, key=lambda span: span.rank):
        for second, able in span.counts.items():
            for staff in able:
                owner.setdefault((staff, second), span)
    for span in spans:
        for second, able in span.counts.items():
            kept = {s for s in able if owner[s, second].person is span.person}
            if kept:
                span.kept[second] = kept
        if span.sort != "nothing":
            for second in span.month_seconds():
                span.lost |= missing_performers(span, roster, owner, second)


def missing_performers(
    span: Span, roster: Roster, owner: dict[tuple[str, int], Span], second: int
) -> set[str]:
    """Why nobody is left to be counted at a second; empty where somebody is."""
    faults = set()
    able = able_performers(span, roster, second)
    for staff in span.performers:
        first = owner.get((staff, second))
        if staff not in able:
            known = registrations(roster.file, staff)
            faults |= (
                {"not_counted_performer"}
                if known
                else {"not_counted_performer", "is_registered_performer"}
            )
        elif first is not None and first.rank < span.rank and first.person is not span.person:
            faults.add("staff_overlap")
        else:
            return set()
    return faults


def settle_patients(spans: list[Span]) -> None:
    """Count each second of a patient once."""
    claims: dict[tuple[str, int], list[Span]] = {}
    for span in spans:
        for second in span.month_seconds():
            if second in span.kept:
                claims.setdefault((span.person.name, second), []).append(span)
    for (_, second), rivals in claims.items():
        program = min(rivals, key=lambda span: span.rank).program
        inside = [span for span in rivals if span.program == program]
        winner = min(inside, key=lambda span: (span.sort != "live", span.rank))
        winner.won.add(second)
        for span in rivals:
            if span.program != program:
                span.lost.add("other_program")
            elif span is not winner:
                span.lost.add("patient_overlap")


def settle(file: File, people: dict[str, Person]) -> list[Span]:
    """All spans of a file with every second given away."""
    roster = Roster(file)
    spans = spans_of(file, people)
    for span in spans:
        find_countable(span, roster)
    settle_staff(spans, roster)
    settle_patients(spans)
    return spans


def is_qualifying(span: Span, roster: Roster) -> bool:
    """Whether a span is a qualifying contact of its program in the month."""
    body = span.entry.body
    if span.entry.kind != "contact_held" or not span.plausible or not span.in_month():
        return False
    if body.mode not in HUMAN_MODES or body.spoke_with == "other":
        return False
    if span.faults - {"part_of_visit"}:
        return False
    seconds = span.month_seconds() if span.end > span.start else [span.start]
    for second in seconds:
        if span.person.service_faults(span.program, second):
            continue
        for staff in span.performers:
            if roster.has_role(staff, span.person.zone, second, COUNTING_ROLES):
                return True
    return False


def union_of(spans: list[Span], sort: str) -> int:
    """Seconds of the month under AI calls (`ai_time`) or text chat (`chat_time`)."""
    seconds: set[int] = set()
    for span in spans:
        if sort in span.faults:
            seconds |= {second for second in span.month_seconds() if not span.excluded(second)}
    return len(seconds)


def totals(person: Person, spans: list[Span], roster: Roster) -> dict[str, int]:
    """The totals of a decision."""
    own = [span for span in spans if span.person is person]
    mine = [span for span in own if span.program == person.program]
    return {
        "management_seconds": sum(len(s.won) for s in mine if s.sort in ("live", "management")),
        "live_seconds": sum(len(s.won) for s in mine if s.sort == "live"),
        "ai_seconds": union_of(own, "ai_time"),
        "chat_seconds": union_of(own, "chat_time"),
        "qualifying_contacts": sum(is_qualifying(span, roster) for span in mine),
        "review_seconds": sum(len(span.won) for span in mine if span.sort == "marked"),
    }


def split_seconds(
    person: Person, program: str, spans: list[Span], roster: Roster
) -> tuple[int, int]:
    """Staff seconds and practitioner seconds of a sister program."""
    staff = practitioner = 0
    for span in spans:
        if span.person is not person or span.program != program or span.sort == "marked":
            continue
        for second in span.won:
            if any(
                roster.has_role(who, person.zone, second, PRACTITIONER_ROLES)
                for who in span.kept[second]
            ):
                practitioner += 1
            else:
                staff += 1
    return staff, practitioner


def split_of(span: Span) -> set[str]:
    """Whether a span crosses an edge of the month."""
    first, after = span.person.month_span
    crosses = span.start < first < span.end or span.start < after < span.end
    return {"split_at_month"} if crosses else set()


def explain(person: Person, spans: list[Span], file: File) -> list[dict]:
    """Every span and attempt of the month with its seconds and its reasons."""
    rows = []
    for span in spans:
        if span.person is not person or not span.in_month():
            continue
        reasons = span.faults | span.lost
        if span.plausible:
            reasons |= split_of(span)
        rows.append(
            {
                "id": span.entry.id,
                "counted_seconds": len(span.won),
                "live_seconds": len(span.won) if span.sort == "live" else 0,
                "reasons": sorted(reasons),
            }
        )
    for entry in file.known:
        if entry.patient != person.name:
            continue
        if entry.id in file.set_aside and entry.kind in ("contact_held", "time_logged"):
            span = Span(entry, person, second_of(entry.body.start), second_of(entry.body.end))
            if span.in_month():
                rows.append(nothing(entry.id, {file.set_aside[entry.id]}))
        if entry.kind == "contact_attempted":
            end = entry.body.end or entry.at
            span = Span(entry, person, second_of(entry.at), second_of(end))
            if span.in_month():
                reasons = {file.set_aside.get(entry.id, "not_a_contact")}
                if entry.id not in file.set_aside:
                    reasons |= split_of(span)
                rows.append(nothing(entry.id, reasons))
    return rows


def nothing(entry_id: str, reasons: set[str]) -> dict:
    """A row of an entry that counts nothing."""
    return {
        "id": entry_id,
        "counted_seconds": 0,
        "live_seconds": 0,
        "reasons": sorted(reasons),
    }
