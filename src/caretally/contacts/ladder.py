"""The ladder for a patient who cannot be reached: what comes next, and by which day.

Attempts over several ways and times of the day, then a practitioner is told, then after some months
somebody decides whether to go on. A fold over entries; a conversation puts the patient back on the
ground. The numbers are the practice's own and come from no rule of a payer.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from caretally.clock import ServiceMonth, zone
from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    Entry,
    OutreachReviewed,
    ProviderNotified,
)
from caretally.journal.register import Register

REACHED, TRY, NOTIFY, WAIT, REVIEW, DISENROLL = (
    "reached", "try", "notify", "wait", "review", "disenroll",
)  # fmt: skip
STEPS = (REACHED, TRY, NOTIFY, WAIT, REVIEW, DISENROLL)
PARTS_OF_DAY = ("morning", "afternoon", "evening")
AT_ONCE = frozenset({"telephone", "video", "ai_telephone", "chat"})
"""Ways for which the time of the day matters."""
NEXT_MODES = ("telephone", "sms", "letter", "email")
"""Ways in the order in which they are proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How hard a practice tries.

    attempts, modes, parts_of_day, days: how many, over how many ways, times of the day and dates.
    gap_days: between attempts. notify_within_days: from the last attempt until a practitioner is
    told. review_after_months: from then until somebody decides.
    """

    attempts: int = 4
    modes: int = 2
    parts_of_day: int = 2
    days: int = 3
    gap_days: int = 2
    notify_within_days: int = 2
    review_after_months: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose reach is asked for, when, and on which ladder."""

    register: Register
    patient: str
    program: str
    now: datetime
    ladder: Ladder = field(default_factory=Ladder)

    def day_of(self, at: datetime) -> date:
        """Return the local date of an instant."""
        return self.register.day_of(self.patient, at, program=self.program)

    def part_of_day(self, at: datetime) -> str:
        """Return the local time of the day of an instant."""
        name = self.register.zone_of(self.patient, at, program=self.program)
        hour = at.astimezone(zone(name)).hour
        return PARTS_OF_DAY[(hour >= 12) + (hour >= 17)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What happened since the last conversation, or since somebody decided to go on.

    talked: the entry of the last conversation. resumed: the review that decided to go on.
    notified: the last of the round. reviewed: the review that decided to end.
    """

    talked: Entry | None = None
    resumed: Entry | None = None
    attempts: tuple[Entry, ...] = ()
    notified: Entry | None = None
    reviewed: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a patient stands on the ladder.

    step: what comes next. due_on: by which local date; None where nothing is due. attempts: ids of
    the round. next_mode, next_part_of_day: proposed for the next attempt.
    """

    step: str
    due_on: date | None
    attempts: tuple[str, ...]
    modes: tuple[str, ...]
    parts_of_day: tuple[str, ...]
    days: tuple[date, ...]
    last_talked_on: date | None
    next_mode: str | None = None
    next_part_of_day: str | None = None

    def is_overdue(self, day: date) -> bool:
        """Tell whether the next step should have been taken before a date."""
        return self.due_on is not None and self.step != WAIT and self.due_on < day


def reach(in_force: Iterable[Entry], question: Question) -> Reach:
    """Return where a patient stands; `in_force` are entries with corrections resolved."""
    found = latest_round(in_force, question)
    step, due_on = next_step(found, question)
    modes = tuple(dict.fromkeys(_attempt(each).mode for each in found.attempts))
    parts = tuple(
        dict.fromkeys(
            question.part_of_day(each.at)
            for each in found.attempts
            if _attempt(each).mode in AT_ONCE
        )
    )
    return Reach(
        step=step,
        due_on=due_on,
        attempts=tuple(each.id for each in found.attempts),
        modes=modes,
        parts_of_day=parts,
        days=days_of(found, question),
        last_talked_on=question.day_of(found.talked.at) if found.talked else None,
        next_mode=proposed_mode(modes, question) if step == TRY else None,
        next_part_of_day=proposed_part(parts) if step == TRY else None,
    )


def latest_round(in_force: Iterable[Entry], question: Question) -> Round:
    """Return the round that is going on at the time of the question."""
    found = Round()
    mine = (
        entry
        for entry in in_force
        if entry.patient == question.patient
        and entry.at <= question.now
        and getattr(entry.body, "program", None) == question.program
    )
    for entry in sorted(mine, key=lambda each: (each.at, each.id)):
        found = _after(found, entry)
    return found


def next_step(found: Round, question: Question) -> tuple[str, date | None]:
    """Return the next step of a round, and by which date."""
    ladder, today = question.ladder, question.day_of(question.now)
    if found.reviewed is not None:
        return DISENROLL, question.day_of(found.reviewed.at)
    if found.notified is not None:
        review_on = months_later(question.day_of(found.notified.at), ladder.review_after_months)
        return (REVIEW if review_on <= today else WAIT), review_on
    last = found.attempts[-1] if found.attempts else found.resumed
    if last is None:
        return REACHED, None
    last_on = question.day_of(last.at)
    if is_climbed(found, question):
        return NOTIFY, last_on + timedelta(days=ladder.notify_within_days)
    return TRY, last_on + timedelta(days=ladder.gap_days)


def is_climbed(found: Round, question: Question) -> bool:
    """Tell whether enough was tried, or the patient declined."""
    ladder = question.ladder
    bodies = [_attempt(each) for each in found.attempts]
    if any(body.outcome == "declined" for body in bodies):
        return True
    parts = {
        question.part_of_day(each.at) for each in found.attempts if _attempt(each).mode in AT_ONCE
    }
    return (
        len(bodies) >= ladder.attempts
        and len({body.mode for body in bodies}) >= ladder.modes
        and len(parts) >= ladder.parts_of_day
        and len(days_of(found, question)) >= ladder.days
    )


def days_of(found: Round, question: Question) -> tuple[date, ...]:
    """Return the local dates of a round's attempts."""
    return tuple(dict.fromkeys(question.day_of(each.at) for each in found.attempts))


def proposed_mode(tried: tuple[str, ...], question: Question) -> str:
    """Return the way to try next: a new one while more are asked for, else the telephone."""
    if len(tried) >= question.ladder.modes:
        return NEXT_MODES[0]
    may_text = question.register.has_consent(question.patient, "sms", question.now)
    allowed = (mode for mode in NEXT_MODES if mode != "sms" or may_text)
    return next((mode for mode in allowed if mode not in tried), NEXT_MODES[0])


def proposed_part(tried: tuple[str, ...]) -> str:
    """Return the time of the day to try next: one not tried yet, else the first."""
    return next((part for part in PARTS_OF_DAY if part not in tried), PARTS_OF_DAY[0])


def months_later(day: date, months: int) -> date:
    """Return the date so many months later; the last of the month where it has no such day.

    Example:
        >>> months_later(date(2025, 11, 30), 3)
        datetime.date(2026, 2, 28)
    """
    month = ServiceMonth(day.year, day.month)
    for _ in range(months):
        month = month.next()
    last = monthrange(month.year, month.month)[1]
    return date(month.year, month.month, min(day.day, last))


def _after(found: Round, entry: Entry) -> Round:
    """Return a round after one more entry."""
    body = entry.body
    if isinstance(body, ContactHeld) and body.two_way and body.spoke_with != "other":
        return Round(talked=entry)
    if isinstance(body, ContactAttempted):
        return replace(found, attempts=(*found.attempts, entry))
    if isinstance(body, ProviderNotified) and body.why == "unreachable":
        return replace(found, notified=entry)
    if isinstance(body, OutreachReviewed):
        is_over = body.outcome == "disenroll"
        return (
            replace(found, reviewed=entry) if is_over else Round(talked=found.talked, resumed=entry)
        )
    return found


def _attempt(entry: Entry) -> ContactAttempted:
    assert isinstance(entry.body, ContactAttempted)
    return entry.body
