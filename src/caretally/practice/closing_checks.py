"""What is looked at before a month is closed: each check with a count and where it is mended.

A check that blocks must be mended; one that warns may be let pass, by name and with a reason.
Nothing here changes anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from caretally.clock import ServiceMonth, instant_of, local_date, midnight
from caretally.journal.entries import ContactHeld, Entry
from caretally.patient_months.columns import REASONS
from caretally.practice.office import Office
from caretally.store import conversations
from caretally.store.deciding_many import Decided
from caretally.store.intake_tables import HELD, OPEN, IntakeFault, IntakeReading
from caretally.store.models import Conversation, ForgottenTimer, RunningTimer
from caretally.timekeeping import timers

BLOCKS, WARNS = "blocks", "warns"
MOST_NAMED = 200
"""Patients that a check names; all are counted."""

CHECKS: Mapping[str, tuple[str, str]] = {
    "month_is_over": (BLOCKS, "The month is over wherever a patient's days are counted."),
    "rules_are_loaded": (BLOCKS, "Rules for every day of the month are loaded."),
    "projection_is_current": (
        BLOCKS, "What pages show is what deciding anew makes (caretally rebuild mends it)."
    ),
    "timers_are_stopped": (BLOCKS, "No timer that began in the month still runs."),
    "forgotten_timers_are_settled": (WARNS, "Forgotten timers of the month were settled."),
    "spans_are_plausible": (WARNS, "No time or contact has an impossible length."),
    "conversations_are_measured": (
        WARNS, "Every written conversation of the month was closed and its time measured."
    ),
    "held_readings_are_settled": (WARNS, "Held readings of the month were released or rejected."),
    "intake_faults_are_settled": (WARNS, "Faults in what devices sent by now were looked into."),
    "notes_are_complete": (WARNS, "Every contact has a summary or findings."),
    "evidence_is_on_record": (WARNS, "Nothing is missing on record that holds lines back."),
    "staff_are_in_one_place": (WARNS, "Nobody's time was given to two patients at once."),
    "lines_stand_under_every_reading": (WARNS, "Lines stand under every reading of the rules."),
    "entries_are_timely": (WARNS, "No entry of the month was written down late."),
    "live_time_is_ample": (WARNS, "No line rests on very little live time."),
}  # fmt: skip
"""Severity and meaning of every check, in the order in which they are shown."""

HOLD_OF_RULES = "rules_are_loaded"
FLAGS = {"late_entries": "entries_are_timely", "low_live_time": "live_time_is_ample"}
REASON_CHECKS = {
    1 << REASONS.index("implausible_span"): "spans_are_plausible",
    1 << REASONS.index("staff_overlap"): "staff_are_in_one_place",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check found.

    count: what speaks against it. patients: those concerned, where it is about some.
    """

    name: str
    severity: str
    says: str
    count: int
    patients: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.count == 0

    @property
    def blocks(self) -> bool:
        """Whether the month cannot be closed because of it."""
        return self.severity == BLOCKS and not self.holds

    @property
    def warns(self) -> bool:
        """Whether it should be looked at before the month is closed."""
        return self.severity == WARNS and not self.holds


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was found so far, by check."""

    counts: Counter[str] = field(default_factory=Counter)
    patients: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, count: int = 1, *, patient: str = "") -> None:
        """Count something that speaks against a check."""
        self.counts[name] += count
        named = self.patients.setdefault(name, [])
        if patient and len(named) < MOST_NAMED and patient not in named[-1:]:
            named.append(patient)

    def checks(self) -> tuple[Check, ...]:
        """Return all checks with what was found."""
        return tuple(
            Check(name=name, severity=severity, says=says, count=self.counts[name],
                  patients=tuple(dict.fromkeys(self.patients.get(name, ()))))
            for name, (severity, says) in CHECKS.items()
        )  # fmt: skip


def found_in(decided: Decided) -> Iterator[str]:
    """Yield the checks that something in a decision speaks against, once for each thing."""
    body = decided.body
    for hold in body.holds:
        yield HOLD_OF_RULES if hold == HOLD_OF_RULES else "evidence_is_on_record"
    yield from ("lines_stand_under_every_reading" for line in body.lines if line.at_risk)
    yield from (FLAGS[flag] for flag in body.flags if flag in FLAGS)
    for counted in decided.decision.month.entries:
        yield from (name for bit, name in REASON_CHECKS.items() if counted.reasons & bit)
    counted_ids = {counted.id for counted in decided.decision.month.entries}
    yield from ("notes_are_complete" for entry in decided.own
                if entry.id in counted_ids and lacks_note(entry))  # fmt: skip


def lacks_note(entry: Entry) -> bool:
    """Tell whether an entry is a contact of which nobody wrote what was said."""
    body = entry.body
    return isinstance(body, ContactHeld) and not (body.summary or body.findings)


def around_decisions(office: Office, month: ServiceMonth, known_until: datetime) -> Findings:
    """Return what was found beside the decisions: the calendar, timers, messages and devices."""
    found = Findings()
    zone = office.home_zone()
    ends = instant_of(midnight(month.next().first_day, zone))
    begins = instant_of(midnight(month.first_day, zone))
    if local_date(known_until, zone) <= month.last_day:
        found.add("month_is_over")
    for running in RunningTimer.objects.using(office.db.alias).filter(
        practice__name=office.practice
    ):
        if timers.restored(bytes(running.state)).started_at < ends:
            found.add("timers_are_stopped", patient=running.patient)
    waiting = ForgottenTimer.objects.using(office.db.alias).filter(
        practice__name=office.practice, settled_at=None, found_at__gte=begins
    )
    for forgotten in waiting:
        if timers.restored(bytes(forgotten.state)).started_at < ends:
            found.add("forgotten_timers_are_settled", patient=forgotten.patient)
    talks = Conversation.objects.using(office.db.alias).filter(
        practice__name=office.practice, state=conversations.OPEN, begun_at__lt=ends
    )
    for patient in talks.order_by("patient").values_list("patient", flat=True):
        found.add("conversations_are_measured", patient=patient)
    in_month = {
        "measured_us__gte": int(begins.timestamp()) * 1_000_000,
        "measured_us__lt": int(ends.timestamp()) * 1_000_000,
    }
    held = IntakeReading.objects.using(office.db.alias).filter(
        practice__name=office.practice, state=HELD, **in_month
    )
    found.add("held_readings_are_settled", held.count())
    faults = IntakeFault.objects.using(office.db.alias).filter(
        practice__name=office.practice, state=OPEN, found_at__gte=begins
    )
    found.add("intake_faults_are_settled", faults.count())
    return found


def blocking(checks: Iterable[Check]) -> Sequence[Check]:
    """Return the checks that keep a month from being closed."""
    return [check for check in checks if check.blocks]
