"""Ladders of escalation: who is told of an alert, by what, and who next when nobody answers.

Where no practitioner signed a ladder for a level, a starting point holds, and everything that rests
on it says so. The clock of a ladder begins when the alert is raised and stops with the first
acknowledgement; taken back, it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, EscalationLadderSet, EscalationStep
from caretally.journal.register import Register
from caretally.triage.commands import PRACTITIONERS
from caretally.triage.rosters import Shift

FIRST, SECOND, ALL_ON_CALL = "on_call", "second_on_call", "everybody_on_call"
OWNER, TEAM, DOCTORS, STAFF = "owner", "care_team", "practitioners", "staff"
RECIPIENTS: Mapping[str, str] = {
    FIRST: "who is on call first", SECOND: "who is on call next",
    ALL_ON_CALL: "everybody on call", OWNER: "who owns the alert",
    TEAM: "the patient's care team", DOCTORS: "all practitioners", STAFF: "a named person",
}  # fmt: skip
"""Who may be told, with words."""
PAGE, EMAIL, SMS, WEBHOOK = "page", "email", "sms", "webhook"
MOST_STEPS = 6
REPEATS = 12
"""So often the last step is repeated for emergent and urgent alerts."""
REPEAT_AFTER = timedelta(minutes=30)
REPEATED = frozenset({"emergent", "urgent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A ladder in force.

    clinic: empty for all. entry: the entry that set it; empty for a starting point.
    """

    level: str
    clinic: str
    steps: tuple[EscalationStep, ...]
    set_by: str = ""
    entry: str = ""

    @property
    def is_starting_point(self) -> bool:
        """Whether no practitioner signed it."""
        return not self.entry

    def step(self, number: int) -> EscalationStep:
        """Return a step; beyond the last, the last again."""
        return self.steps[min(number, len(self.steps) - 1)]


def _step(after: int, to: str, *channels: str) -> EscalationStep:
    return EscalationStep(after_minutes=after, to=to, channels=channels)


STARTING_POINTS: Mapping[str, Ladder] = {
    "emergent": Ladder(level="emergent", clinic="", steps=(
        _step(0, FIRST, PAGE, EMAIL, SMS, WEBHOOK), _step(5, ALL_ON_CALL, PAGE, EMAIL, SMS),
        _step(15, DOCTORS, PAGE, EMAIL, SMS),
    )),
    "urgent": Ladder(level="urgent", clinic="", steps=(
        _step(0, FIRST, PAGE, EMAIL, WEBHOOK), _step(30, ALL_ON_CALL, PAGE, EMAIL, SMS),
        _step(60, DOCTORS, PAGE, EMAIL),
    )),
    "routine": Ladder(level="routine", clinic="", steps=(
        _step(0, FIRST, PAGE), _step(24 * 60, TEAM, PAGE, EMAIL),
    )),
    "technical": Ladder(level="technical", clinic="", steps=(_step(0, FIRST, PAGE),)),
}  # fmt: skip
"""What holds where nobody signed a ladder; a habit of this program, from no source."""


def ladder_for(in_force: Iterable[Entry], level: str, clinics: Iterable[str]) -> Ladder:
    """Return the ladder of a level: the latest of the clinic, else of those above, else for all.

    clinics: the clinic first, then those above it; the one for all is looked for last.
    """
    latest: dict[str, Entry] = {}
    for entry in sorted(in_force, key=lambda each: (each.at, each.id)):
        body = entry.body
        if isinstance(body, EscalationLadderSet) and body.level == level:
            latest[body.practice or ""] = entry
    for clinic in (*(each for each in clinics if each), ""):
        found = latest.get(clinic)
        if found is not None:
            assert isinstance(found.body, EscalationLadderSet)
            return Ladder(
                level=level, clinic=clinic, steps=found.body.steps, set_by=found.body.set_by,
                entry=found.id,
            )  # fmt: skip
    return STARTING_POINTS[level]


def due_at(
    ladder: Ladder, number: int, raised_at: datetime, answer_by: datetime | None
) -> datetime | None:
    """Return when a step is due; None where it never is.

    The second step comes no later than the answer was due: then the first has failed.
    """
    last = len(ladder.steps) - 1
    if number <= last:
        due = raised_at + timedelta(minutes=ladder.steps[number].after_minutes)
        return min(due, max(raised_at, answer_by)) if number == 1 and answer_by else due
    if ladder.level not in REPEATED or number > last + REPEATS:
        return None
    return (
        raised_at
        + timedelta(minutes=ladder.steps[last].after_minutes)
        + REPEAT_AFTER * (number - last)
    )


def steps_due(
    ladder: Ladder, told: int, times: tuple[datetime, datetime | None], at: datetime
) -> tuple[int, ...]:
    """Return the steps that are due at an instant and were not told yet.

    told: the last step that was told, -1 before any. times: when it was raised, and answer_by.
    """
    found: list[int] = []
    number = told + 1
    while (due := due_at(ladder, number, *times)) is not None and due <= at:
        found.append(number)
        number += 1
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Who can be told of an alert.

    shifts: those on call, the first to be called first. doctors, everybody: staff ids by id.
    """

    shifts: tuple[Shift, ...] = ()
    owner: str = ""
    team: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()
    everybody: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who is told by a step, and why others than the ladder names where it names nobody there is.

    is_substitute: whether the ladder's own people were nowhere to be found.
    """

    staff: tuple[str, ...]
    is_substitute: bool = False


def told_by(step: EscalationStep, around: Around) -> Told:
    """Return whom a step tells; where that is nobody, practitioners, else everybody: never none."""
    first = min((each.rank for each in around.shifts), default=0)
    chosen: Mapping[str, tuple[str, ...]] = {
        FIRST: tuple(each.staff for each in around.shifts if each.rank == first),
        SECOND: tuple(each.staff for each in around.shifts if each.rank > first),
        ALL_ON_CALL: tuple(each.staff for each in around.shifts),
        OWNER: (around.owner,) if around.owner else (),
        TEAM: around.team,
        DOCTORS: around.doctors,
        STAFF: (step.staff,) if step.staff else (),
    }
    found = chosen.get(step.to, ())
    if found:
        return Told(staff=tuple(dict.fromkeys(found)))
    return Told(staff=around.doctors or around.everybody, is_substitute=True)


def sign_ladder(register: Register, filing: Filing, body: EscalationLadderSet) -> tuple[Entry, ...]:
    """Sign who is told of alerts of a level; the later entry of a level and clinic holds.

    Raises:
        InputError: no practitioner signs, no steps, or steps that do not follow each other.
    """
    draft = Draft.of(filing, body)
    day = filing.now.date()
    if not register.roles_on(body.set_by, day) & PRACTITIONERS:
        draft.refuse("body.set_by", found=f"{body.set_by!r}, no practitioner registered on {day}",
                     expected="a physician, NP, PA, CNS or CNM of the practice")  # fmt: skip
    if body.practice is not None and body.practice not in register.practices:
        draft.refuse("body.practice", found=repr(body.practice), expected="a clinic on record")
    if not 1 <= len(body.steps) <= MOST_STEPS:
        draft.refuse("body.steps", found=f"{len(body.steps)} steps", expected=f"1 to {MOST_STEPS}")
    before = -1
    for number, step in enumerate(body.steps):
        place = f"body.steps.{number}"
        if step.to not in RECIPIENTS:
            expected = f"one of {', '.join(RECIPIENTS)}"
            draft.refuse(f"{place}.to", found=repr(step.to), expected=expected)
        if step.to == STAFF and not register.is_registered(step.staff or ""):
            draft.refuse(f"{place}.staff", found=repr(step.staff), expected="a member of the staff")
        if step.after_minutes <= before:
            draft.refuse(f"{place}.after_minutes", found=f"{step.after_minutes} minutes",
                         expected=f"more than {before}")  # fmt: skip
        if not step.channels:
            draft.refuse(f"{place}.channels", found="none", expected="one way at least")
        before = step.after_minutes
    if body.steps and body.steps[0].after_minutes != 0:
        draft.refuse("body.steps.0.after_minutes", found=f"{body.steps[0].after_minutes} minutes",
                     expected="0: somebody is told at once")  # fmt: skip
    return draft.filed()
