"""The contact form as it was typed, and the form of the contacts room it makes.

Everything wrong is gathered: times that are none do not hide the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from caretally.contacts.form import TALKED, ContactForm
from caretally.errors import InputError, Problem
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry, ExcludedLeg, Finding
from caretally.practice.timing_local import LocalTime, instant, instant_after, typed_from

PROTOCOL = "caretally-call-1"
"""The protocol the form is built around: data, symptoms, medication, care plan, the rest."""
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLeg:
    """A part of the call in which nobody talked with the patient."""

    why: str = ""
    start: str = ""
    end: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.start or self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was typed; dates and times are local to the patient's zone.

    two_way: yes, no, or empty where it was not answered. findings: by topic. actions: one a line.
    reason: of a correction, or why it is written for somebody else.
    """

    entry_id: str
    program: str = ""
    outcome: str = TALKED
    mode: str = "telephone"
    day: str = ""
    start: str = ""
    start_which: str = ""
    end: str = ""
    end_which: str = ""
    spoke_with: str = "patient"
    two_way: str = ""
    topics: tuple[str, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    performers: tuple[str, ...] = ()
    actions: str = ""
    escalated_to: str = ""
    summary: str = ""
    is_part_of_visit: bool = False
    legs: tuple[TypedLeg, ...] = ()
    reason: str = ""

    @property
    def is_conversation(self) -> bool:
        """Whether it says that somebody talked."""
        return self.outcome == TALKED

    @property
    def has_legs(self) -> bool:
        """Whether parts of the call are left out."""
        return any(not leg.is_empty for leg in self.legs)


@dataclass(slots=True)
class Reader:
    """Reads a typed form; gathers what is wrong.

    faulty: fields whose times could not be read; what is said of them later is noise.
    """

    zone_name: str
    now: datetime
    problems: list[Problem] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def form(self, typed: Typed) -> ContactForm:
        """Return the form; times that cannot be read are told in `problems`."""
        start = self._start(typed)
        end = self._end(typed, start)
        made = ContactForm(
            program=typed.program,
            mode=typed.mode,
            outcome=typed.outcome,
            start=start,
            end=end,
            performers=typed.performers,
            findings=tuple(
                Finding(topic=topic, says=says) for topic, says in typed.findings if says
            ),
            topics=typed.topics,
            actions=tuple(line.strip() for line in typed.actions.splitlines() if line.strip()),
            escalated_to=typed.escalated_to or None,
            summary=typed.summary or None,
            excluded=self._legs(typed, start),
        )
        return self._conversation(typed, made) if typed.is_conversation else made

    def _conversation(self, typed: Typed, made: ContactForm) -> ContactForm:
        """Return the form with what only a conversation has."""
        if typed.two_way not in {YES, NO}:
            self._refuse("two_way", "no answer", "yes or no: could both sides speak")
            self.faulty.add("two_way")
        return replace(
            made,
            spoke_with=typed.spoke_with or None,
            two_way=typed.two_way == YES,
            part_of_visit=typed.is_part_of_visit,
            protocol=PROTOCOL,
        )

    def _start(self, typed: Typed) -> datetime:
        if not typed.start and not typed.is_conversation:
            return self.now
        local = LocalTime(day=typed.day, time=typed.start, which=typed.start_which)
        return self._read(local, "start") or self.now

    def _end(self, typed: Typed, start: datetime) -> datetime | None:
        if not typed.end:
            return None
        local = LocalTime(day=typed.day, time=typed.end, which=typed.end_which)
        return self._read(local, "end", after=None if "start" in self.faulty else start)

    def _legs(self, typed: Typed, start: datetime) -> tuple[ExcludedLeg, ...]:
        found = []
        for position, leg in enumerate(typed.legs):
            if leg.is_empty or "start" in self.faulty:
                continue
            name = f"excluded[{position}]"
            begins = self._read(LocalTime(day=typed.day, time=leg.start), name, after=start)
            ends = self._read(LocalTime(day=typed.day, time=leg.end), name, after=start)
            if begins is not None and ends is not None:
                found.append(ExcludedLeg(start=begins, end=ends, why=leg.why))
        return tuple(found)

    def _read(
        self, local: LocalTime, name: str, *, after: datetime | None = None
    ) -> datetime | None:
        try:
            if after is not None:
                return instant_after(local, after, self.zone_name, field=name)
            return instant(local, self.zone_name, field=name)
        except InputError as error:
            self.problems += error.problems
            self.faulty.add(name)
            return None

    def _refuse(self, name: str, found: str, expected: str) -> None:
        self.problems.append(Problem(where="the form", field=name, found=found, expected=expected))

    def is_noise(self, problem: Problem) -> bool:
        """Tell whether a problem only follows from a time that could not be read."""
        name = problem.field.removeprefix("body.")
        at_fault = self.faulty | ({"at", "end"} if "start" in self.faulty else set())
        return name in at_fault


def typed_of(entry: Entry, zone_name: str) -> Typed:
    """Return a contact or an attempt as it would be typed, for a correction.

    Raises:
        ValueError: the entry is of another kind.
    """
    body = entry.body
    if isinstance(body, ContactHeld):
        return _typed_contact(body, zone_name)
    if not isinstance(body, ContactAttempted):
        raise ValueError(f"entry {entry.id} is of kind {entry.kind}; forms are of contacts")
    start = typed_from(body.start or entry.at, zone_name)
    end = typed_from(body.end, zone_name) if body.end is not None else LocalTime(day="", time="")
    return Typed(
        entry_id="", program=body.program, outcome=body.outcome, mode=body.mode, day=start.day,
        start=start.time, start_which=start.which, end=end.time, end_which=end.which,
        performers=body.performers, spoke_with="",
    )  # fmt: skip


def _typed_contact(body: ContactHeld, zone_name: str) -> Typed:
    start, end = typed_from(body.start, zone_name), typed_from(body.end, zone_name)
    says: dict[str, list[str]] = {}
    for each in body.findings:
        says.setdefault(each.topic, []).append(each.says)
    return Typed(
        entry_id="", program=body.program, mode=body.mode, day=start.day, start=start.time,
        start_which=start.which, end=end.time, end_which=end.which, spoke_with=body.spoke_with,
        two_way=YES if body.two_way else NO, topics=body.topics, performers=body.performers,
        findings=tuple((topic, "\n".join(words)) for topic, words in says.items()),
        actions="\n".join(body.actions), escalated_to=body.escalated_to or "",
        summary=body.summary or "", is_part_of_visit=body.part_of_visit,
        legs=tuple(
            TypedLeg(
                why=leg.why, start=typed_from(leg.start, zone_name).time,
                end=typed_from(leg.end, zone_name).time,
            )
            for leg in body.excluded
        ),
    )  # fmt: skip


def form_of(body: ContactHeld | ContactAttempted, at: datetime) -> ContactForm:
    """Return what is on record as the form that would make it, to be asked for its notices."""
    if isinstance(body, ContactAttempted):
        return ContactForm(
            program=body.program, mode=body.mode, outcome=body.outcome, start=body.start or at,
            end=body.end, performers=body.performers,
        )  # fmt: skip
    return ContactForm(
        program=body.program, mode=body.mode, outcome=TALKED, start=body.start, end=body.end,
        performers=body.performers, spoke_with=body.spoke_with, two_way=body.two_way,
        topics=body.topics, findings=body.findings, part_of_visit=body.part_of_visit,
        excluded=body.excluded,
    )  # fmt: skip
