"""The contact form: from a request to what was typed, and what the page offers to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from caretally.codes import MONITORING_PROGRAMS, PROGRAMS, TOPICS
from caretally.contacts.form import TALKED
from caretally.contacts.notes import TOPIC_WORDS
from caretally.practice.contacting_form import Typed, TypedLeg
from caretally.practice.office import Chart, Office
from caretally.practice.timing import Running
from caretally.practice.timing_local import typed_from
from caretally.practice.timing_people import Colleague, colleagues

OUTCOMES = (
    (TALKED, "We talked"), ("no_answer", "No answer"), ("busy", "Busy"),
    ("voicemail", "Voicemail left"), ("message_sent", "Message sent"),
    ("wrong_person", "Wrong person"), ("declined", "Declined"),
)  # fmt: skip
MODES = (
    ("telephone", "Telephone", "both"), ("video", "Video", "both"), ("chat", "Chat", "both"),
    ("in_person", "In person", "talk"), ("sms", "Text message", "try"),
    ("email", "E-mail", "try"), ("letter", "Letter", "try"),
)  # fmt: skip
"""Name, words, and for what it is offered."""
LEG_WORDS = (
    ("hold", "on hold"), ("menu", "telephone menu"), ("transfer", "transfer"),
    ("other_party", "with another party"),
)  # fmt: skip
LEGS = 3
"""Rows for parts of the call that do not count."""
PROMPTS = {
    "device_data": "What the readings show, and what the patient says to them",
    "symptoms": "New or changed, how long, how bad; red flags asked for",
    "medication": "Taken as ordered, changes, side effects",
    "care_plan": "Goals, barriers, what was agreed, next step",
    "general": "Anything that is not clinical",
}

FIELD_WORDS = {
    "start": "when it began", "end": "when it ended", "two_way": "whether both sides could speak",
    "topics": "what it was about", "performers": "who took part", "spoke_with": "with whom",
    "mode": "how", "outcome": "what came of it", "excluded": "the parts that do not count",
    "reason": "the reason", "program": "the program", "findings": "the findings",
    "escalated_to": "who takes over",
}  # fmt: skip
"""What to call a field in a list of what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A topic of the protocol, as the form shows it."""

    name: str
    words: str
    prompt: str
    says: str
    is_touched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who may be on the other side.

    is_open: whether the conversation can qualify; a caregiver needs authority on that date.
    """

    value: str
    words: str
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the page offers."""

    programs: tuple[str, ...]
    parties: tuple[Party, ...]
    people: tuple[Colleague, ...]
    rows: tuple[Row, ...]
    legs: tuple[TypedLeg, ...]
    zone_name: str
    timer_began: str = ""


def typed_from_post(request: HttpRequest) -> Typed:
    """Return what was typed."""
    post = request.POST

    def text(name: str) -> str:
        return str(post.get(name, "")).strip()

    names = (
        "entry_id", "program", "outcome", "mode", "day", "start", "start_which", "end",
        "end_which", "spoke_with", "two_way", "actions", "escalated_to", "summary", "reason",
    )  # fmt: skip
    return Typed(
        **{name: text(name) for name in names},
        topics=tuple(topic for topic in TOPICS if topic in post.getlist("topics")),
        findings=tuple(
            (topic, text(f"finding-{topic}")) for topic in TOPICS if text(f"finding-{topic}")
        ),
        performers=tuple(post.getlist("performers")),
        is_part_of_visit=post.get("is_part_of_visit") == "1",
        legs=tuple(
            TypedLeg(
                why=text(f"leg-why-{number}"), start=text(f"leg-start-{number}"),
                end=text(f"leg-end-{number}"),
            )
            for number in range(LEGS)
        ),
    )  # fmt: skip


def fresh(office: Office, chart: Chart, request: HttpRequest, *, outcome: str) -> Typed:
    """Return the form as it is opened: today, the person, and what the address asks for."""
    wanted = request.GET
    programs = programs_of(chart)
    modes = {name for name, _, _ in MODES}
    outcomes = {name for name, _ in OUTCOMES}
    asked, mode = wanted.get("outcome", outcome), wanted.get("mode", "telephone")
    program = wanted.get("program", "")
    return Typed(
        entry_id=office.new_id("ent"),
        program=program if program in programs else programs[0],
        outcome=asked if asked in outcomes else outcome,
        mode=mode if mode in modes else "telephone",
        day=typed_from(office.now, zone_of(office, chart, programs[0])).day,
        performers=(office.caller.staff,),
    )


def programs_of(chart: Chart) -> tuple[str, ...]:
    """Return the open programs, monitoring first; all, where none is open."""
    opened = tuple(chart.card.programs.split())
    known = opened or PROGRAMS
    return tuple(sorted(known, key=lambda each: each not in MONITORING_PROGRAMS))


def zone_of(office: Office, chart: Chart, program: str) -> str:
    """Return the zone in which the form's times are meant."""
    register = chart.record.register
    return register.zone_of(chart.patient, office.now, program=program or None)


def choices(office: Office, chart: Chart, typed: Typed, running: Running | None) -> Choices:
    """Return what the page offers beside what was typed."""
    register, today = chart.record.register, chart.day_of(office.now)
    zone_name = zone_of(office, chart, typed.program)
    says = dict(typed.findings)
    given = (*typed.legs, *(TypedLeg() for _ in range(LEGS)))[: max(LEGS, len(typed.legs))]
    is_for_patient = running is not None and running.timer.work.patient == chart.patient
    return Choices(
        programs=programs_of(chart),
        parties=parties(chart, today=today),
        people=colleagues(office, register, today),
        rows=tuple(
            Row(
                name=topic, words=TOPIC_WORDS[topic], prompt=PROMPTS[topic],
                says=says.get(topic, ""), is_touched=topic in typed.topics,
            )
            for topic in TOPICS
        ),
        legs=given,
        zone_name=zone_name,
        timer_began=(
            typed_from(running.timer.started_at, zone_name).time
            if running is not None and is_for_patient
            else ""
        ),
    )  # fmt: skip


def parties(chart: Chart, *, today: date) -> tuple[Party, ...]:
    """Return who may be on the other side: the patient, caregivers on file, another party."""
    register, found = chart.record.register, [Party(value="patient", words="the patient")]
    for (patient, caregiver), known in register.authorities.items():
        if patient == chart.patient:
            is_open = register.has_authority(patient, caregiver, today)
            words = f"{known[-1].relationship} ({caregiver})"
            found.append(Party(value=f"caregiver:{caregiver}", words=words, is_open=is_open))
    found.append(Party(value="other", words="another party, such as a pharmacy"))
    return tuple(found)
