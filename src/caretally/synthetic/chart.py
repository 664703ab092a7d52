"""A chart that is told a life in local times and becomes journal entries.

The lives of the cast are scripts of `Call`, `Work` and `Attempt`; this file turns them into
entries with running ids. It refuses to invent anything: what is not told is not in the chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass, replace
from datetime import UTC, date, datetime, timedelta

from caretally.clock import zone
from caretally.journal.entries import (
    Body,
    Consented,
    ContactAttempted,
    ContactHeld,
    Covered,
    DeviceAssigned,
    Enrolled,
    Entry,
    EntryVoided,
    Ordered,
    PatientRegistered,
    ReadingRecorded,
    SetupCompleted,
    TimeLogged,
)
from caretally.synthetic.vitals import Instrument, Measurement


@dataclass(frozen=True, slots=True)
class Call:
    """A conversation: local start, minutes and seconds, the performer and what was said."""

    when: str
    lasting: str
    by: str
    summary: str
    _: KW_ONLY
    topics: tuple[str, ...] = ("device_data", "symptoms")
    spoke_with: str = "patient"
    mode: str = "telephone"
    program: str = "rpm"


@dataclass(frozen=True, slots=True)
class Work:
    """Time without the patient: local start, minutes and seconds, performer, category and note."""

    when: str
    lasting: str
    by: str
    category: str
    note: str
    _: KW_ONLY
    program: str = "rpm"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Nobody was reached: local start, minutes and seconds, performer, mode and outcome."""

    when: str
    lasting: str
    by: str
    mode: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What a person brings along on the day of enrollment.

    on: the local date, as YYYY-MM-DD.
    established_on: the latest visit before it.
    consent_by: who consented. measures: what the order names. told: the version of the text that
    was read out, with the cost share; empty where nobody wrote that down. home: street, city,
    state and postal code. through: relationship, name, birth date and sex of the subscriber, where
    the patient is covered through another person.
    """

    on: str
    practice: str
    provider: str
    clerk: str
    name: str
    sex: str
    birth_date: date
    diagnoses: tuple[str, ...]
    payer: str
    member_id: str
    established_on: date
    consent_by: str = "patient"
    measures: tuple[str, ...] = ()
    told: str = ""
    home: tuple[str, str, str, str]
    through: tuple[str, str, date, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """When a person measures: every day of a stretch but some, at about the same local time."""

    device: str
    first: date
    last: date
    at: str
    skipping: tuple[date, ...] = ()

    def days(self) -> Iterable[date]:
        """Return the local dates on which there is a measurement."""
        stretch = (self.last - self.first).days + 1
        days = (self.first + timedelta(days=offset) for offset in range(stretch))
        return (day for day in days if day not in self.skipping)


def lasting_seconds(text: str) -> int:
    """Return the seconds of minutes and seconds written M:SS.

    Example:
        >>> lasting_seconds("19:59")
        1199
    """
    minutes, _, seconds = text.partition(":")
    return int(minutes) * 60 + int(seconds)


def wobble(day: date, spread: int, salt: int = 0) -> int:
    """Return a whole number from -spread to spread that is always the same for a day.

    Example:
        >>> wobble(date(2026, 3, 1), 5) == wobble(date(2026, 3, 1), 5)
        True
    """
    mixed = (day.toordinal() * 2654435761 + salt * 40503) % (1 << 32)
    return (mixed >> 9) % (2 * spread + 1) - spread


class Chart:
    """One chart of the cast, or with `patient=None` the papers of a practice."""

    def __init__(self, word: str, zone_name: str, patient: str | None) -> None:
        """Open an empty chart whose entries are named after `word`."""
        self.word = word
        self.zone_name = zone_name
        self.patient = patient
        self.entries: list[Entry] = []

    def instant(self, when: str) -> datetime:
        """Return the instant of a local time written YYYY-MM-DD HH:MM, with :SS if it matters."""
        return datetime.fromisoformat(when).replace(tzinfo=zone(self.zone_name)).astimezone(UTC)

    def file(self, at: datetime, actor: str, body: Body, recorded_at: datetime) -> Entry:
        """Append one entry under the next id."""
        entry = Entry(
            id=f"ent_{self.word}_{len(self.entries) + 1:04d}",
            patient=self.patient,
            at=at,
            recorded_at=recorded_at,
            actor=actor,
            body=body,
        )
        self.entries.append(entry)
        return entry

    def note(self, when: str, actor: str, body: Body) -> Entry:
        """Append something that took effect at a local time and was written down at once."""
        at = self.instant(when)
        return self.file(at, actor, body, at)

    def tell(self, *events: Call | Work | Attempt) -> tuple[Entry, ...]:
        """Append what happened, one entry an event."""
        return tuple(self._span(event) for event in events)

    def _span(self, event: Call | Work | Attempt) -> Entry:
        start = self.instant(event.when)
        end = start + timedelta(seconds=lasting_seconds(event.lasting))
        body = span_body(event, start, end)
        spoke_by_itself = isinstance(event, Call) and event.mode == "ai_telephone"
        actor = "agent:wellness" if spoke_by_itself else f"staff:{event.by}"
        return self.file(start, actor, body, end)

    def correct(self, wrong: Entry, event: Work, when: str, reason: str) -> None:
        """Append what replaces a wrong entry, written at a local time for a reason."""
        right = self._span(event)
        self.entries[-1] = replace(
            right, supersedes=wrong.id, reason=reason, recorded_at=self.instant(when)
        )

    def void(self, wrong: Entry, when: str, actor: str, reason: str) -> None:
        """Append that an entry was made in error."""
        voided = self.note(when, actor, EntryVoided(entry=wrong.id))
        self.entries[-1] = replace(voided, reason=reason)

    def admit(self, person: Admission) -> None:
        """Append the papers of an enrollment: chart, coverage, order, consent, enrollment."""
        clerk = f"staff:{person.clerk}"
        street, city, state, postal_code = person.home
        body: Body = PatientRegistered(
            name=person.name, sex=person.sex, birth_date=person.birth_date, language="en",
            street=street, city=city, state=state, postal_code=postal_code,
        )  # fmt: skip
        self.note(f"{person.on} 08:50", clerk, body)
        relationship, name, birth_date, sex = person.through or (None, None, None, None)
        body = Covered(
            payer=person.payer, member_id=person.member_id, from_on=date(2026, 1, 1), priority=1,
            relationship=relationship, subscriber_name=name, subscriber_birth_date=birth_date,
            subscriber_sex=sex,
        )  # fmt: skip
        self.note(f"{person.on} 08:55", clerk, body)
        body = Ordered(program="rpm", ordering_provider=person.provider, parameters=person.measures)
        self.note(f"{person.on} 09:10", f"staff:{person.provider}", body)
        body = Consented(
            scope="rpm",
            method="verbal",
            given_by=person.consent_by,
            text_version=person.told or None,
            language="en" if person.told else None,
            cost_share_told=bool(person.told),
        )
        self.note(f"{person.on} 09:20", clerk, body)
        body = Enrolled(
            program="rpm",
            practice=person.practice,
            billing_provider=person.provider,
            diagnoses=person.diagnoses,
            time_zone=self.zone_name,
            established_on=person.established_on,
        )
        self.note(f"{person.on} 09:25", clerk, body)

    def equip(self, instrument: Instrument, on: str, by: str) -> str:
        """Append that a device was handed over at 10:00, set up and taught; return its id."""
        device = f"dev_{self.word}_{instrument.word}"
        assigned = DeviceAssigned(
            device=device,
            vendor=instrument.vendor,
            model=instrument.model,
            serial=f"TEST-{self.word}-{instrument.word}".upper(),
            medical_device=True,
            parameters=instrument.parameters,
        )
        self.note(f"{on} 10:00", f"staff:{by}", assigned)
        taught = SetupCompleted(device=device, educated_by=by, method="in_person")
        self.note(f"{on} 10:20", f"staff:{by}", taught)
        return device

    def measure(self, habit: Habit, values: Callable[[date], Measurement]) -> tuple[Entry, ...]:
        """Append one reading for every day of a habit, with the values of that day."""
        return tuple(self._reading(habit, day, values(day)) for day in habit.days())

    def resend(self, habit: Habit, day: date, measurement: Measurement) -> Entry:
        """Append the reading of a day once more, as a gateway does that lost the receipt."""
        body = self._reading_body(habit, day, measurement)
        received_at = body.measured_at + timedelta(hours=2, minutes=11)
        body = replace(body, received_at=received_at)
        return self.file(body.measured_at, f"device:{habit.device}", body, received_at)

    def _reading(self, habit: Habit, day: date, measurement: Measurement) -> Entry:
        body = self._reading_body(habit, day, measurement)
        received_at = body.received_at or body.measured_at
        return self.file(body.measured_at, f"device:{habit.device}", body, received_at)

    def _reading_body(self, habit: Habit, day: date, measurement: Measurement) -> ReadingRecorded:
        usual = self.instant(f"{day.isoformat()} {habit.at}")
        measured_at = usual + timedelta(seconds=wobble(day, 1200, salt=len(habit.device)))
        return ReadingRecorded(
            device=habit.device,
            metric=measurement.metric,
            value=measurement.value,
            unit=measurement.unit,
            components=measurement.components,
            measured_at=measured_at,
            received_at=measured_at + timedelta(seconds=35 + wobble(day, 20)),
            origin="device",
            vendor_reading_id=f"{habit.device}-{day:%Y%m%d}",
        )


def span_body(event: Call | Work | Attempt, start: datetime, end: datetime) -> Body:
    """Return the body of a told event."""
    if isinstance(event, Call):
        return ContactHeld(
            program=event.program,
            mode=event.mode,
            start=start,
            end=end,
            performers=(event.by,),
            spoke_with=event.spoke_with,
            two_way=True,
            topics=event.topics,
            summary=event.summary,
        )
    if isinstance(event, Work):
        return TimeLogged(
            program=event.program,
            category=event.category,
            start=start,
            end=end,
            performer=event.by,
            note=event.note,
        )
    return ContactAttempted(
        program="rpm",
        mode=event.mode,
        outcome=event.outcome,
        start=start,
        end=end,
        performers=(event.by,),
    )
