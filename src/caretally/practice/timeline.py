"""Everything that was written about a patient, latest first, with what became of each entry.

Nothing is left out: what was corrected or voided stands where it stood, with who, when and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from caretally.billability.decision import reasons_of
from caretally.clock import seconds_of
from caretally.contacts.copies import CopyRule, Written, groups, written
from caretally.contacts.notes import clock, note
from caretally.journal.entries import (
    Body,
    ContactAttempted,
    ContactHeld,
    Entry,
    EntryVoided,
    ReadingRecorded,
    TimeLogged,
)
from caretally.journal.register import Register
from caretally.practice.office import Chart
from caretally.practice.patient_month import Decisions
from caretally.practice.vitals import words_of

PAGE = 30
"""Entries on a page of the timeline."""
WORDS_TO_COMPARE = 8
"""Shorter texts are alike by nature."""
LATE_SECONDS = 72 * 3600

SUBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "contacts": ("Contacts", ("contact_held", "contact_attempted", "provider_notified",
                              "outreach_reviewed")),
    "time": ("Time", ("time_logged",)),
    "readings": ("Readings", ("reading_recorded",)),
    "devices": ("Devices", ("device_assigned", "device_returned", "setup_completed")),
    "enrollment": ("Enrollment", (
        "patient_registered", "enrolled", "disenrolled", "consented", "consent_revoked", "ordered",
        "order_ended", "caregiver_authorized", "care_team_named",
    )),
    "coverage": ("Coverage and claims", ("covered", "authorized", "billed_elsewhere",
                                         "visit_billed", "access_aligned")),
    "clinical": ("Clinical events", ("condition_recorded", "stay_recorded",
                                     "global_surgery_recorded", "died")),
    "alerts": ("Alerts and rules", ("threshold_set", "alert_rule_set", "alert_raised",
                                    "alert_joined", "alert_assigned", "alert_acknowledged",
                                    "alert_escalated", "alert_closed")),
    "amendments": ("Amendment requests", ("amendment_requested", "amendment_answered")),
}  # fmt: skip
"""Subjects by which the timeline is filtered: words, and kinds of entries."""
CORRECTIONS, OTHER = "corrections", "other"
SUBJECT_OF = {kind: name for name, (_, kinds) in SUBJECTS.items() for kind in kinds}
SUBJECT_WORDS = {name: words for name, (words, _) in SUBJECTS.items()} | {
    CORRECTIONS: "Corrections", OTHER: "Other",
}  # fmt: skip

REASON_WORDS: Mapping[str, str] = {
    "is_enrolled": "outside the enrollment",
    "has_consent": "without consent in force",
    "is_alive": "after the patient's death",
    "not_counted_performer": "the performer's role does not count",
    "is_registered_performer": "the performer is not registered on that date",
    "implausible_span": "the span is implausible",
    "staff_overlap": "the same person was with another patient then",
    "patient_overlap": "another entry of this patient holds that time",
    "other_program": "the time belongs to another program",
    "split_at_month": "a part of it lies in another month",
    "superseded": "it was superseded",
    "voided": "it was voided",
    "not_a_contact": "it is no two-way clinical conversation",
    "has_caregiver_authority": "the caregiver had no authority on that date",
    "not_counted_category": "this category of work does not count",
    "ai_time": "AI time has a total of its own",
    "chat_time": "chat time has a total of its own",
    "part_of_visit": "it was part of a billed visit",
    "excluded_leg": "a part of the call was no conversation",
    "duplicate": "the same reading came before",
    "not_assigned": "the device was not assigned to the patient then",
    "not_medical_device": "the device is no medical device",
    "origin_manual": "it was typed by hand",
    "origin_derived": "it was derived, not measured",
    "origin_unknown": "its origin is not known",
    "no_value": "it holds no value",
}
"""Why an entry counts less than its span, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """That an entry was superseded or voided: by which other, and what that says of it."""

    how: str
    by: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry on the timeline.

    counted_seconds, live_seconds: None where the entry is no time. reasons: why it counts less, in
    words. became: None while it is in force. like: id of an earlier entry with much the same text.
    """

    entry: Entry
    subject: str
    title: str
    details: tuple[str, ...]
    counted_seconds: int | None
    live_seconds: int | None
    reasons: tuple[str, ...]
    became: Became | None
    like: str
    is_late: bool
    on: date

    @property
    def is_note(self) -> bool:
        """Whether its details are a note, to be shown line by line."""
        return isinstance(self.entry.body, ContactHeld | ContactAttempted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which part of a timeline: a subject or all, and which page."""

    subject: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A page of a timeline, the latest first; counts are of all pages, by subject."""

    items: tuple[Item, ...]
    counts: Mapping[str, int]
    count: int
    number: int

    @property
    def has_more(self) -> bool:
        """Whether there are earlier entries."""
        return self.number * PAGE < self.count


def timeline(chart: Chart, decisions: Decisions, wanted: Wanted) -> Timeline:
    """Return a page of a patient's timeline; months are decided as far as the page needs them."""
    became = corrections_of((*chart.stored, *chart.record.in_force))
    entries = sorted(chart.stored, key=lambda each: (each.at, each.recorded_at, each.id))
    counts: dict[str, int] = {}
    chosen = []
    for entry in reversed(entries):
        subjects = subjects_of(entry, became)
        for subject in subjects:
            counts[subject] = counts.get(subject, 0) + 1
        if not wanted.subject or wanted.subject in subjects:
            chosen.append(entry)
    start = (max(1, wanted.number) - 1) * PAGE
    telling = Telling(chart=chart, decisions=decisions, became=became, alike=alike_texts(chart))
    items = tuple(telling.item(entry) for entry in chosen[start : start + PAGE])
    return Timeline(items=items, counts=counts, count=len(chosen), number=max(1, wanted.number))


def corrections_of(entries: Iterable[Entry]) -> dict[str, Became]:
    """Return what became of corrected entries, by their id."""
    found: dict[str, Became] = {}
    for entry in entries:
        if isinstance(entry.body, EntryVoided):
            found[entry.body.entry] = Became(how="voided", by=entry)
        if entry.supersedes is not None:
            found[entry.supersedes] = Became(how="superseded", by=entry)
    return found


def subjects_of(entry: Entry, became: Mapping[str, Became]) -> tuple[str, ...]:
    """Return the subjects an entry is listed under."""
    is_correction = entry.id in became or entry.supersedes is not None
    if isinstance(entry.body, EntryVoided):
        return (CORRECTIONS,)
    own = SUBJECT_OF.get(entry.kind, OTHER)
    return (own, CORRECTIONS) if is_correction else (own,)


def alike_texts(chart: Chart) -> dict[str, str]:
    """Return, by entry, the earlier entry of the patient that it says much the same as."""
    own = [entry for kind in (ContactHeld, TimeLogged) for entry in chart.record.entries(kind)]
    when = {entry.id: entry.at for entry in own}
    texts: list[Written] = [
        each for each in written(own, chart.record.register) if len(each.words) >= WORDS_TO_COMPARE
    ]
    found: dict[str, str] = {}
    for group in groups(texts, CopyRule().alike):
        ids = sorted((each.entry for each in group), key=lambda name: (when[name], name))
        found |= dict(zip(ids[1:], ids, strict=False))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Tells entries of one patient as items."""

    chart: Chart
    decisions: Decisions
    became: Mapping[str, Became]
    alike: Mapping[str, str]

    def item(self, entry: Entry) -> Item:
        """Return one entry as an item."""
        counted, live, reasons = self.counted(entry)
        delay = seconds_of(entry.recorded_at) - seconds_of(ended_at(entry))
        return Item(
            entry=entry,
            subject=SUBJECT_OF.get(entry.kind, OTHER),
            title=title_of(entry),
            details=details_of(entry, self.chart.record.register),
            counted_seconds=counted,
            live_seconds=live,
            reasons=reasons,
            became=self.became.get(entry.id),
            like=self.alike.get(entry.id, ""),
            is_late=delay > LATE_SECONDS,
            on=self.chart.day_of(entry.at),
        )

    def counted(self, entry: Entry) -> tuple[int | None, int | None, tuple[str, ...]]:
        """Return what an entry came to, over the months it touches; None where it is no time."""
        body = entry.body
        is_span = isinstance(body, ContactHeld | TimeLogged)
        if not is_span and not isinstance(body, ReadingRecorded):
            return None, None, ()
        months = {self.chart.month_of(entry.at), self.chart.month_of(ended_at(entry))}
        counted = live = bits = 0
        for month in sorted(months):
            for each in self.decisions.of(month).month.entries:
                if each.id == entry.id:
                    counted += each.counted_seconds
                    live += each.live_seconds
                    bits |= each.reasons
        words = tuple(REASON_WORDS.get(name, name.replace("_", " ")) for name in reasons_of(bits))
        return (counted, live, words) if is_span else (None, None, words)


def ended_at(entry: Entry) -> datetime:
    """Return the instant at which what an entry tells of was over."""
    ends: datetime | None = getattr(entry.body, "end", None)
    return ends or entry.at


def title_of(entry: Entry) -> str:
    """Return in a few words what an entry tells."""
    body = entry.body
    make = TITLES.get(type(body))
    return make(body) if make else entry.kind.replace("_", " ").capitalize()


def span_words(body: Body) -> str:
    """Return how long a span lasted."""
    start, end = getattr(body, "start", None), getattr(body, "end", None)
    return clock(seconds_of(end) - seconds_of(start)) if start and end else ""


def contact_title(body: Body) -> str:
    """Return the title of a contact."""
    assert isinstance(body, ContactHeld)
    mode = {"ai_telephone": "AI call", "in_person": "Conversation in person",
            "telephone": "Call", "video": "Video call", "chat": "Text chat"}[body.mode]  # fmt: skip
    kind, _, name = body.spoke_with.partition(":")
    whom = {"patient": "the patient", "other": "another party"}.get(kind, f"caregiver {name}")
    return f"{mode} with {whom}, {span_words(body)}"


def attempt_title(body: Body) -> str:
    """Return the title of an attempt."""
    assert isinstance(body, ContactAttempted)
    mode = body.mode.replace("ai_telephone", "AI call").replace("sms", "text message")
    return f"Attempt by {mode}: {body.outcome.replace('_', ' ')}"


def time_title(body: Body) -> str:
    """Return the title of logged time."""
    assert isinstance(body, TimeLogged)
    return f"{body.category.replace('_', ' ').capitalize()}, {span_words(body)}"


def reading_title(body: Body) -> str:
    """Return the title of a reading."""
    assert isinstance(body, ReadingRecorded)
    return words_of(body)


TITLES: Mapping[type[Body], Callable[[Body], str]] = {
    ContactHeld: contact_title,
    ContactAttempted: attempt_title,
    TimeLogged: time_title,
    ReadingRecorded: reading_title,
}


def details_of(entry: Entry, register: Register) -> tuple[str, ...]:
    """Return what more an entry tells: the note of a contact, else every field that is filled."""
    body = entry.body
    if isinstance(body, ContactHeld | ContactAttempted):
        return tuple(note(entry, register).split("\n"))
    if isinstance(body, ReadingRecorded):
        return (f"Device {body.device}, origin {body.origin}",)
    if isinstance(body, TimeLogged):
        lines = [body.note or "", f"For {body.program.upper()}, by {body.performer}"]
        if body.intended_code:
            lines.append(f"Marked for {body.intended_code}")
        if body.attested_by:
            lines.append(f"Attested by {body.attested_by}; no timer measured it")
        return tuple(filter(None, lines))
    said = (field_words(each.name, getattr(body, each.name)) for each in fields(body))
    return tuple(filter(None, said))


def field_words(name: str, value: object) -> str:
    """Return a field of a body in words; empty where it says nothing."""
    if value is None or value in ((), "", False):
        return ""
    label = name.removesuffix("_on").removesuffix("_at").replace("_", " ").capitalize()
    if value is True:
        return label
    if isinstance(value, tuple):
        return f"{label}: {', '.join(str(each) for each in value)}"
    if isinstance(value, datetime):
        return f"{label}: {value:%Y-%m-%d %H:%M} UTC"
    return f"{label}: {value}"
