"""What pages show of calls: lists, and one call turn by turn, held against its own log.

A look at a call is a look at the patient's chart, and is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caretally.contacts.wellness_calls.call_log import CallLog
from caretally.contacts.wellness_calls.log_lines import (
    Line,
    WrittenCall,
    differences,
    read_line,
    read_log,
)
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.transcripts import Row, rows_of
from caretally.enrollment.record import PatientRecord
from caretally.errors import IntegrityError, UnknownError
from caretally.journal.entries import CallChecked, CallRecorded, ContactHeld, Entry, IncidentNoted
from caretally.practice.call_desk import call_named, lines_of
from caretally.practice.call_recording import (
    checked_chain,
    over_of,
    recorded,
    sound_digest,
)
from caretally.practice.caller import Caller
from caretally.practice.office import Chart, Office
from caretally.practice.roles import RUN_CALLS, SEE_AUDIT, SEE_PATIENTS
from caretally.store.call_tables import RECORDED, Call
from caretally.store.database import batches
from caretally.store.models import PatientCard

A_PAGE = 50
OF_PATIENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A call in a list."""

    call: Call
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of calls. more: whether there are older ones."""

    rows: tuple[Listed, ...]
    number: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whether a log is what it was: chain, replay, and the digest that the journal keeps.

    problems: all that is wrong; none of a true log. is_kept: false where its lines were forgotten.
    """

    problems: tuple[str, ...] = ()
    is_kept: bool = True
    is_replayed: bool = False

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCall:
    """A call with everything there is to know of it.

    recorded: None until it is over. checked: what the gate said, where it was asked. has_sound:
    whether its sound is still kept.
    """

    call: Call
    chart: Chart | None
    rows: tuple[Row, ...]
    proof: Proof
    recorded: CallRecorded | None = None
    recorded_in: str = ""
    checked: CallChecked | None = None
    incidents: tuple[IncidentNoted, ...] = ()
    held: Mapping[str, Entry] | None = None
    has_sound: bool = False


def may_see_calls(caller: Caller) -> bool:
    """Tell whether somebody may see what was said: who runs calls, and who audits."""
    return caller.may(RUN_CALLS) or caller.may(SEE_AUDIT)


def calls_of(office: Office, number: int, *, patient: str = "", state: str = "") -> Found:
    """Return calls of the practice, the latest first, as far as the caller may see the patients."""
    rows = Call.objects.using(office.db.alias).filter(practice__name=office.practice)
    if patient:
        rows = rows.filter(patient=patient)
    if state:
        rows = rows.filter(state=state)
    clinics = office.clinics(SEE_PATIENTS)
    if clinics is not None:
        cards = PatientCard.objects.using(office.db.alias).filter(
            practice__name=office.practice, clinic__in=clinics
        )
        rows = rows.filter(patient__in=cards.values("patient"))
    first = (number - 1) * A_PAGE
    found = list(rows.order_by("-due_at", "-pk")[first : first + A_PAGE + 1])
    names = names_of(office, [each.patient for each in found])
    return Found(
        rows=tuple(Listed(call=c, name=names.get(c.patient, c.patient)) for c in found[:A_PAGE]),
        number=number, more=len(found) > A_PAGE,
    )  # fmt: skip


def names_of(office: Office, patients: Sequence[str]) -> dict[str, str]:
    """Return the names of patients."""
    cards = PatientCard.objects.using(office.db.alias)
    found: dict[str, str] = {}
    for part in batches(sorted(set(patients)), A_PAGE * 2):
        rows = cards.filter(practice__name=office.practice, patient__in=part)
        found |= dict(rows.values_list("patient", "name"))
    return found


def told_call(office: Office, name: str, *, purpose: str = "call") -> ToldCall:
    """Return a call with everything there is to know of it.

    Raises:
        UnknownError: there is none of this id, or its patient is not open to the caller.
    """
    call = call_named(office.journal, office.practice, name)
    if not may_see_calls(office.caller):
        raise UnknownError("no call of this id is open to you")
    chart = office.open_chart(call.patient, purpose=purpose) if call.patient else None
    lines, written, problems = read_of(office, call)
    entries = recorded_of(chart.record, call) if chart else {}
    body = next((e.body for e in entries.values() if isinstance(e.body, CallRecorded)), None)
    if call.drill and call.state == RECORDED and not problems:
        # No chart knows of a drill: its record is made for the page alone.
        body = recorded(over_of(office.journal, call, call.ended_at), ())
    pack = installed(call.protocol)
    is_kept = bool(lines or problems) or body is None
    log, replayed = played_of(written, problems)
    if body is not None and lines and body.log_digest != f"sha256:{bytes(call.log_digest).hex()}":
        problems.append("the journal keeps another digest of the log")
    return ToldCall(
        call=call, chart=chart, rows=tuple(rows_of(lines, pack, log)),
        proof=Proof(problems=tuple(problems), is_kept=is_kept, is_replayed=replayed),
        has_sound=sound_digest(office.journal, call) is not None,
        recorded=body, recorded_in=str(call.settled),
        checked=next((e.body for e in entries.values() if isinstance(e.body, CallChecked)), None),
        incidents=tuple(e.body for e in entries.values() if isinstance(e.body, IncidentNoted)),
        held={name: e for name, e in entries.items() if isinstance(e.body, ContactHeld)},
    )  # fmt: skip


def read_of(office: Office, call: Call) -> tuple[list[Line], WrittenCall | None, list[str]]:
    """Return the lines of a call's log, the log, and what is wrong with its chain."""
    rows = lines_of(office.journal, call)
    problems: list[str] = []
    try:
        if rows and checked_chain(rows) != bytes(call.log_digest):
            problems.append("the log ends otherwise than it was kept")
        lines = [read_line(each.line) for each in rows]
        return lines, read_log(each.line for each in rows) if rows else None, problems
    except IntegrityError as error:
        return [], None, [*problems, str(error)]


def played_of(written: WrittenCall | None, problems: list[str]) -> tuple[CallLog | None, bool]:
    """Return a call as it is played again, and whether it was; adds what differs."""
    if written is None or written.answered_at is None or not written.events:
        return None, False
    pack = installed(written.begun.protocol)
    found = differences(written, pack)
    problems += found
    is_same_text = pack.digest == written.begun.digest
    return (written.log(pack) if is_same_text else None), not found


def recorded_of(record: PatientRecord, call: Call) -> dict[str, Entry]:
    """Return the entries about a call, by id."""
    kinds = (CallRecorded, CallChecked, IncidentNoted)
    found = {
        entry.id: entry for kind in kinds for entry in record.entries(kind)
        if getattr(entry.body, "call", "") == call.call
    }  # fmt: skip
    for entry in list(found.values()):
        if isinstance(entry.body, CallRecorded):
            wanted = {entry.body.contact, entry.body.taken_over}
            found |= {e.id: e for e in record.entries(ContactHeld) if e.id in wanted}
    return found


def latest_of(office: Office, patient: str) -> tuple[Call, ...]:
    """Return the latest calls to a patient whom the caller has open."""
    rows = Call.objects.using(office.db.alias).filter(
        practice__name=office.practice, patient=patient, drill=False
    )
    return tuple(rows.order_by("-due_at", "-pk")[:OF_PATIENT])
