"""An invented practice without a fault, and faults to plant in it, each named by its measure.

Lengths, hours and words are drawn from a seed, so that nothing repeats by accident; nobody of the
staff is in two places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from caretally.journal.entries import (
    BilledElsewhere,
    Body,
    Consented,
    Died,
    Disenrolled,
    Enrolled,
    Entry,
    MonthClosed,
    PracticeRegistered,
    StaffRegistered,
    TimeLogged,
)
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.dice import Dice
from caretally.synthetic.vitals import CUFF, Measurement, pressure

PRACTICE = "prac_audit"
ZONE = "America/Chicago"
DOCTOR = "stf_doc"
NURSES = ("stf_n1", "stf_n2", "stf_n3", "stf_n4")
GONE = "stf_gone"
CLEAN = 12
CLOSED_AT = datetime(2026, 4, 3, 12, tzinfo=UTC)
TEXT = """
salt walks sleep cuff sitting morning evening tablets dizzy calm swelling ankle pulse kitchen
daughter garden stairs weight breath cough coffee reading higher lower steady watch repeat
after before lunch supper doctor refill pharmacy travel weekend holiday stress headache none
agreed goal month next call explained technique arm height chair quiet minutes rest twice log
diary soup bread beans apples river market bus church choir cards chess radio
"""
WORDS = TEXT.split()


@dataclass
class Clinic:
    """A practice being told; every nurse's days fill from the morning on.

    busy: the next free second of a nurse's day.
    """

    entries: list[Entry] = field(default_factory=list)
    busy: dict[tuple[str, str], int] = field(default_factory=dict)
    dice: Dice = field(default_factory=lambda: Dice("audit", 1))

    def __post_init__(self) -> None:
        """Register the practice and its staff."""
        chart = Chart("own", ZONE, None)
        told: list[Body] = [
            PracticeRegistered(practice=PRACTICE, name="Audit Clinic", time_zone=ZONE,
                               setting="office"),
            StaffRegistered(staff=DOCTOR, role="physician", npi="1234567893"),
            *(StaffRegistered(staff=nurse, role="rn") for nurse in NURSES),
            StaffRegistered(staff=GONE, role="rn", to_on=date(2026, 2, 28)),
        ]  # fmt: skip
        for body in told:
            chart.note("2025-06-02 08:00", "system:setup", body)
        self.entries += chart.entries

    def slot(self, nurse: str, day: str, seconds: int) -> str:
        """Return when a nurse is free next on a day, as local words, and take it."""
        at = self.busy.get((nurse, day), 8 * 3600 + self.dice.below(900))
        self.busy[nurse, day] = at + seconds + 30 + self.dice.below(200)
        return f"{day} {at // 3600:02d}:{at % 3600 // 60:02d}:{at % 60:02d}"

    def words(self) -> str:
        """Return a note that is like no other."""
        return " ".join(self.dice.pick(WORDS) for _ in range(16)).capitalize() + "."

    def admitted(self, name: str, on: str, *, visited: date | None = date(2025, 11, 3)) -> Chart:
        """Return the chart of somebody enrolled on a day, with a cuff."""
        chart = Chart(name, ZONE, f"pat_{name}")
        chart.admit(
            Admission(
                on=on, practice=PRACTICE, provider=DOCTOR, clerk=NURSES[0],
                name=f"Test {name.capitalize()}", sex="female", birth_date=date(1950, 1, 2),
                diagnoses=("I10",), payer="medicare_ffs", member_id=f"TEST-{name.upper()}",
                established_on=visited or date(2019, 1, 2),
                home=("1 Test Street", "Chicago", "IL", "606010001"),
            )
        )  # fmt: skip
        chart.equip(CUFF, on, NURSES[0])
        return chart

    def measured(self, chart: Chart, first: date, last: date) -> None:
        """Let somebody measure every evening."""
        device = f"dev_{chart.word}_{CUFF.word}"
        chart.measure(Habit(device=device, first=first, last=last, at="19:10"), pressures)

    def managed(self, chart: Chart, month: str, nurse: str) -> None:
        """Let a nurse talk once and read four times in a month, each with words of their own."""
        days = sorted(self.dice.some_of(5, 2, 27))
        for number, day in enumerate(days):
            seconds = self.dice.between(331, 529) if number == 2 else self.dice.between(241, 419)
            seconds += seconds % 60 == 0
            lasting = f"{seconds // 60}:{seconds % 60:02d}"
            when = self.slot(nurse, f"{month}-{day:02d}", seconds)
            if number == 2:
                chart.tell(Call(when, lasting, nurse, self.words()))
            else:
                chart.tell(Work(when, lasting, nurse, "review", self.words()))

    def worked(self, chart: Chart, nurse: str, day: str, seconds: int) -> Entry:
        """Let somebody log time on a day, without a note."""
        lasting = f"{seconds // 60}:{seconds % 60:02d}"
        work = Work(self.slot(nurse, day, seconds), lasting, nurse, "review", "")
        told = chart.tell(work)[0]
        assert isinstance(told.body, TimeLogged)
        chart.entries[-1] = replace(told, body=replace(told.body, note=None))
        return chart.entries[-1]

    def keep(self, chart: Chart) -> None:
        """Add a chart to the practice."""
        self.entries += chart.entries


def pressures(day: date) -> Measurement:
    """Return a pressure of a day."""
    return pressure(134 + wobble(day, 6), 82 + wobble(day, 4, 1), 70 + wobble(day, 5, 2))


def clean() -> Clinic:
    """Return a practice of twelve patients, January to March 2026, without a fault."""
    clinic = Clinic()
    for number in range(CLEAN):
        chart = clinic.admitted(f"clean{number}", f"2026-01-{5 + number:02d}")
        clinic.measured(chart, date(2026, 1, 6 + number), date(2026, 3, 31))
        for month in ("2026-01", "2026-02", "2026-03")[1:]:
            clinic.managed(chart, month, NURSES[number % 2])
        clinic.keep(chart)
    return clinic


@dataclass(frozen=True)
class Planted:
    """Where a fault was planted: by measure, a patient or a member of staff its cases must name."""

    entries: tuple[Entry, ...]
    named: dict[str, str]


def faulty() -> Planted:
    """Return the same practice with every fault that entries alone can hold."""
    clinic = clean()
    named: dict[str, str] = {}
    for plant in (newcomers, busy_people, copied, ended, traceless, corrected):
        named |= dict(plant(clinic))
    return Planted(tuple(clinic.entries), named)


def newcomers(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """Twenty-one at once: ten who stop at 20 minutes, ten without management, one never seen."""
    for number in range(21):
        visited = None if number == 20 else date(2025, 11, 3)
        chart = clinic.admitted(f"new{number:02d}", "2026-03-01", visited=visited)
        clinic.measured(chart, date(2026, 3, 1), date(2026, 3, 31))
        if number < 10:
            short = clinic.slot(NURSES[1], f"2026-03-{number + 3:02d}", 150)
            chart.tell(Call(short, "2:07", NURSES[1], clinic.words()))
            for part, seconds in enumerate((361, 389, 340 + number)):
                clinic.worked(chart, NURSES[1], f"2026-03-{number + 8 + part:02d}", seconds)
        clinic.keep(chart)
    yield "spike_in_enrollees", "pat_new00"
    yield "no_prior_relationship", "pat_new20"
    yield "no_management", "pat_new10"
    yield "bunching_at_thresholds", "pat_new03"
    yield "short_live_contact", "pat_new04"


def busy_people(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """Two nurses whose lengths tell, and a day of eleven hours, typed in."""
    chart = clinic.admitted("busy", "2026-01-20")
    clinic.measured(chart, date(2026, 3, 1), date(2026, 3, 31))
    for number in range(22):
        day = f"2026-03-{2 + number:02d}"
        clinic.worked(chart, NURSES[2], day, 437)
        clinic.worked(chart, NURSES[3], day, 300 * (1 + number % 6))
    begins = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
    for number in range(6):
        start = begins + timedelta(hours=2 * number, seconds=7)
        end = start + timedelta(seconds=6_983 + number)
        body = TimeLogged(program="rpm", category="review", start=start, end=end,
                          performer=NURSES[0], attested_by=NURSES[0])  # fmt: skip
        entry = chart.file(start, f"staff:{NURSES[0]}", body, end)
        chart.entries[-1] = replace(entry, reason="the timer was not started")
    clinic.keep(chart)
    yield "identical_durations", NURSES[2]
    yield "round_minutes", NURSES[3]
    yield "impossible_days", NURSES[0]
    yield "attested_time", NURSES[0]


def copied(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """The same words under eleven patients, and eight stretches written four days later."""
    text = clinic.words()
    for number in range(11):
        chart = clinic.admitted(f"copy{number:02d}", "2026-01-21")
        clinic.measured(chart, date(2026, 1, 22), date(2026, 3, 31))
        when = clinic.slot(NURSES[0], f"2026-03-{number + 2:02d}", 400)
        chart.tell(Call(when, f"5:{number + 2:02d}", NURSES[0], text))
        if number < 9:
            late = clinic.worked(chart, NURSES[1], f"2026-03-{number + 12:02d}", 311 + number)
            chart.entries[-1] = replace(
                late, recorded_at=late.recorded_at + timedelta(days=4), reason="typed from paper"
            )
        clinic.keep(chart)
    yield "cloned_notes", "pat_copy00"
    yield "late_entries", "pat_copy03"


def ended(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """Time after a death, by somebody who had left, and two periods within a month."""
    chart = clinic.admitted("dead", "2026-01-19")
    clinic.measured(chart, date(2026, 2, 1), date(2026, 3, 9))
    chart.note("2026-03-10 04:00", "staff:stf_doc", Died())
    clinic.worked(chart, NURSES[1], "2026-03-12", 401)
    clinic.worked(chart, GONE, "2026-03-05", 402)
    clinic.keep(chart)
    yield "time_out_of_service", "pat_dead"
    yield "time_off_staff", GONE
    chart = clinic.admitted("twice", "2026-02-20")
    clinic.measured(chart, date(2026, 2, 21), date(2026, 3, 27))
    chart.note("2026-03-10 21:00", "staff:stf_doc", Disenrolled(program="rpm", reason="moved"))
    again = Enrolled(
        program="rpm", practice=PRACTICE, billing_provider=DOCTOR, diagnoses=("I10",),
        time_zone=ZONE, established_on=date(2025, 11, 3),
    )  # fmt: skip
    chart.note("2026-03-11 08:00", "staff:stf_doc", again)
    consent = Consented(scope="rpm", method="verbal", given_by="patient")
    chart.note("2026-03-11 08:05", "staff:stf_doc", consent)
    chart.note("2026-03-28 08:00", "staff:stf_doc", Disenrolled(program="rpm", reason="moved"))
    clinic.keep(chart)
    yield "several_device_codes", "pat_twice"


def traceless(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """Four with time and nothing else."""
    for number in range(4):
        chart = clinic.admitted(f"ghost{number}", "2026-01-23")
        clinic.worked(chart, NURSES[1], f"2026-03-{number + 17:02d}", 633 + number)
        clinic.keep(chart)
    yield "time_without_trace", "pat_ghost2"


def corrected(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """Another practice billed; and time was written down after the close."""
    chart = clinic.admitted("claimed", "2026-01-23")
    clinic.measured(chart, date(2026, 1, 24), date(2026, 3, 31))
    elsewhere = BilledElsewhere(code="99454", from_on=date(2026, 2, 20), to_on=date(2026, 3, 28),
                                by="Other Clinic")  # fmt: skip
    chart.note("2026-03-30 09:00", f"staff:{NURSES[0]}", elsewhere)
    after = clinic.worked(chart, NURSES[1], "2026-03-31", 377)
    chart.entries[-1] = replace(
        after, recorded_at=CLOSED_AT + timedelta(hours=1), reason="found on paper"
    )
    clinic.keep(chart)
    own = Chart("close", ZONE, None)
    nothing = "sha256:" + "0" * 64
    closed = MonthClosed(
        month="2026-03", decisions=1, lines=1, held=0, rulebook=nothing, facts=nothing,
        entries=nothing, known_until=CLOSED_AT, closed_by="bea",
    )  # fmt: skip
    own.file(CLOSED_AT, "system:test", closed, CLOSED_AT)
    clinic.keep(own)
    yield "several_practices", "pat_claimed"
    yield "entries_after_close", "pat_claimed"
