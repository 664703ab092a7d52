"""What every scenario takes for granted unless it says otherwise.

A practice with a nurse and a nurse practitioner; a patient who is enrolled, established, has a
diagnosis, has consented, is covered by Medicare and has an order, a cuff, a set-up and readings.
A scenario names only what differs. Nothing here is a rule: it is the sentence that a reader keeps
in mind, written out as entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from caretally.billability.scenario_lines import (
    CUFF,
    NURSE,
    PRESSURE,
    Line,
    MalformedError,
    Object,
    told,
)
from caretally.billability.scenario_text import Moments
from caretally.clock import DEFAULT_ZONE, ServiceMonth, zone
from caretally.codes import BODY_SYSTEMS, PROGRAMS, SCOPES, SETTINGS
from caretally.yaml_lines import Row, Table, Text

PRACTICE, PRACTITIONER, PATIENT = "clinic", "np", "pat"
PIECES = (
    "practice", "nurse", "np", "enrolled", "established", "consented", "ordered", "covered",
    "assigned", "set_up", "readings",
)  # fmt: skip
"""What `without` may name."""
OPENED = datetime(2018, 1, 1, tzinfo=UTC)
"""When the practice and its staff were registered: before any rule begins."""
READING_DAYS = "20 days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The circumstances of a scenario.

    patients: the charts they hold for.
    without: the pieces that are missing.
    program: the monitoring program.
    also: further programs the patient is enrolled in and has consented to.
    payer: who covers the patient.
    start: the local date on which the patient joined, was equipped and taught.
    setting: what the practice bills as.
    diagnoses: ICD-10-CM codes of the enrollment.
    zone: the zone of the enrollment where it names one.
    body_system: what an RTM device monitors.
    """

    patients: tuple[str, ...]
    without: frozenset[str]
    program: str
    also: tuple[str, ...]
    payer: str
    start: date
    setting: str
    diagnoses: tuple[str, ...]
    zone: str
    body_system: str

    def has(self, piece: str) -> bool:
        """Tell whether a piece is not missing."""
        return piece not in self.without


def moments_of(row: Row, month: ServiceMonth) -> Moments:
    """Return what dates and clock times mean in a scenario."""
    name = row.text("zone", DEFAULT_ZONE)
    try:
        zone(name)
    except ValueError as error:
        row.refuse("zone", repr(name), "an IANA time zone such as America/Chicago")
        raise MalformedError from error
    return Moments(year=month.year, zone_name=name)


def given(row: Row, moments: Moments, month: ServiceMonth) -> Given:
    """Read the circumstances of a scenario; what it does not say is as everybody assumes."""
    nothing = row.one_of("given", ("everything", "nothing"), "everything") == "nothing"
    without = frozenset(PIECES if nothing else words(row, "without"))
    for piece in sorted(without - set(PIECES)):
        row.refuse("without", repr(piece), "some of " + ", ".join(PIECES))
    also = words(row, "also")
    for program in also:
        if program not in PROGRAMS:
            row.refuse("also", repr(program), "some of " + ", ".join(PROGRAMS))
    start = Line(row, moments, "", "", "").read(
        "start", moments.day, "a date such as 03-04", month.first_day.isoformat()
    )
    return Given(
        patients=words(row, "patients") or (PATIENT,),
        without=without,
        program=row.one_of("program", PROGRAMS, PROGRAMS[0]),
        also=also,
        payer=row.text("payer", "medicare_ffs"),
        start=start,
        setting=row.one_of("setting", SETTINGS, SETTINGS[0]),
        diagnoses=words(row, "diagnoses") if row.node("diagnoses") else ("I10",),
        zone=row.text("zone", ""),
        body_system=row.one_of("body_system", ("", *BODY_SYSTEMS), ""),
    )


def words(row: Row, key: str) -> tuple[str, ...]:
    """Return a list of words that may be absent."""
    return row.words(key, required=False)


def baseline(row: Row, circumstances: Given, moments: Moments) -> list[Object]:
    """Return the entries that a scenario takes for granted."""
    entries = list(practice(circumstances))
    for patient in circumstances.patients:
        entries += chart(circumstances, moments, patient)
        entries += usual_readings(row, circumstances, moments, patient)
    return entries


def practice(circumstances: Given) -> Iterator[Object]:
    """Yield the practice and its staff."""
    if circumstances.has("practice"):
        body: Object = {"practice": PRACTICE, "name": "Clinic", "setting": circumstances.setting}
        yield entry("practice_registered", PRACTICE, None, OPENED, body)
    for staff, role in ((NURSE, "rn"), (PRACTITIONER, "np")):
        if circumstances.has(staff):
            yield entry("staff_registered", staff, None, OPENED, {"staff": staff, "role": role})


def chart(circumstances: Given, moments: Moments, patient: str) -> Iterator[Object]:
    """Yield what stands in the chart of a patient on the first day."""
    at = moments.clock(circumstances.start, "08:00")
    programs = (circumstances.program, *circumstances.also)
    for piece, make in (
        ("enrolled", enrolled), ("consented", consented), ("ordered", ordered),
    ):  # fmt: skip
        if circumstances.has(piece):
            for program in programs:
                yield from make(circumstances, patient, at, program)
    if circumstances.has("covered"):
        body: Object = {"payer": circumstances.payer, "from": "2018-01-01"}
        yield entry("covered", f"{patient}-covered", patient, at, body)
    yield from equipped(circumstances, patient, at)


def enrolled(circumstances: Given, patient: str, at: datetime, program: str) -> Iterator[Object]:
    """Yield the enrollment in a program."""
    body: Object = {
        "program": program,
        "practice": PRACTICE,
        "billing_provider": PRACTITIONER,
        "diagnoses": list(circumstances.diagnoses),
    }
    if circumstances.zone:
        body["time_zone"] = circumstances.zone
    if circumstances.has("established"):
        body["established_on"] = (circumstances.start - timedelta(days=180)).isoformat()
    yield entry("enrolled", f"{patient}-{program}-enrolled", patient, at, body)


def consented(circumstances: Given, patient: str, at: datetime, program: str) -> Iterator[Object]:
    """Yield the consent to a program, where the contract knows a scope for it."""
    if program in SCOPES:
        body: Object = {"scope": program, "method": "verbal", "given_by": "patient"}
        yield entry("consented", f"{patient}-{program}-consented", patient, at, body)


def ordered(circumstances: Given, patient: str, at: datetime, program: str) -> Iterator[Object]:
    """Yield the order of a program."""
    body: Object = {"program": program, "ordering_provider": PRACTITIONER}
    yield entry("ordered", f"{patient}-{program}-ordered", patient, at, body)


def equipped(circumstances: Given, patient: str, at: datetime) -> Iterator[Object]:
    """Yield the cuff, or the RTM device, and its set-up."""
    device = device_of(circumstances, patient)
    if circumstances.has("assigned"):
        body: Object = {"device": device, "medical_device": True, "parameters": [PRESSURE]}
        if circumstances.body_system:
            body["body_system"] = circumstances.body_system
        yield entry("device_assigned", f"{patient}-assigned", patient, at, body)
    if circumstances.has("set_up"):
        taught: Object = {"device": device, "educated_by": NURSE}
        later = at + timedelta(minutes=30)
        yield entry("setup_completed", f"{patient}-set-up", patient, later, taught)


def device_of(circumstances: Given, patient: str) -> str:
    """Return the device of a patient: `cuff`, and `cuff-b` for a further patient b."""
    return CUFF if patient == circumstances.patients[0] else f"{CUFF}-{patient}"


def usual_readings(row: Row, circumstances: Given, moments: Moments, patient: str) -> list[Object]:
    """Return the readings of a patient: `readings: 12 days`, or a line with `on` and `readings`."""
    if not circumstances.has("readings"):
        return []
    node = row.node("readings")
    table = node if isinstance(node, Table) else Table(row.place("readings"), {}, {})
    days = node if isinstance(node, Text) else Text(table.where, READING_DAYS)
    usual = {
        "readings": days,
        "on": Text(table.where, circumstances.start.isoformat()),
        "device": Text(table.where, device_of(circumstances, patient)),
    }
    entries = {**usual, **table.entries}
    line_row = Row(Table(table.where, entries, dict(table.places)), row.problems, "readings")
    line = Line(line_row, moments, f"{patient}-r", patient, circumstances.program)
    return told(line)


def entry(kind: str, id_: str, patient: str | None, at: datetime, body: Object) -> Object:
    """Return an entry of the contract, written by the system when it took effect."""
    return {
        "id": id_,
        "kind": kind,
        "patient": patient,
        "at": at.isoformat(),
        "actor": "system:scenario",
        "body": body,
    }
