"""A call is put in line: for whom, along which protocol, when; and made ready when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.contacts.wellness_calls.log_lines import Begun
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.packs import Pack
from caretally.enrollment.record import PatientRecord, record_of
from caretally.errors import InputError, Problem
from caretally.journal.register import Register
from caretally.practice.call_callees import callee_of
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.store.call_tables import PLANNED, Call
from caretally.store.charts import chart_entries
from caretally.store.stored_journal import StoredJournal

AGENT = "ai_agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call that somebody asks for. asked_by: staff id, or the name of what asked."""

    patient: str
    program: str
    protocol: str
    due_at: datetime
    language: str = "en"
    asked_by: str = ""
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A call that may begin: its protocol and its first line."""

    pack: Pack
    begun: Begun


def plan(journal: StoredJournal, practice: str, wanted: Wanted, at: datetime) -> Call:
    """Put a call in line.

    Raises:
        InputError: there is no such protocol.
    """
    installed(wanted.protocol)
    office = Office(journal=journal, caller=system_caller(practice, "calls"), now=at)
    made: Call = Call.objects.using(journal.db.alias).create(
        practice_id=office.book().number, call=office.new_id("call"), patient=wanted.patient,
        program=wanted.program, protocol=wanted.protocol, language=wanted.language,
        state=PLANNED, due_at=wanted.due_at, drill=wanted.drill, asked_by=wanted.asked_by,
        made_at=at,
    )  # fmt: skip
    return made


def agent_of(register: Register, at: datetime) -> str:
    """Return the staff id of the registered agent.

    Raises:
        InputError: none is registered, or several are.
    """
    day = at.date()
    found = [each for each in sorted(register.staff) if AGENT in register.roles_on(each, day)]
    if len(found) != 1:
        raise InputError([Problem(
            where="the practice", field="staff", found=f"{len(found)} registered as {AGENT}",
            expected="one: under its id the seconds of calls are kept",
            hint="register it under settings, people",
        )])  # fmt: skip
    return found[0]


def chart_of(journal: StoredJournal, practice: str, patient: str) -> PatientRecord:
    """Return the record of a patient.

    Raises:
        InputError: nothing is stored of the patient.
    """
    book = journal.book(practice)
    stream = journal.patient_stream(book, patient)
    return record_of(chart_entries(book, stream, journal.desk.shelf), patient)


def ready(
    journal: StoredJournal,
    call: Call,
    at: datetime,
    *,
    callback: str = "",
    how: tuple[str, tuple[str, ...]] = ("", ()),
) -> Ready:
    """Return what a call begins with. how: name of the carrier, and what hears and speaks.

    Raises:
        InputError: something that the call needs is not on file; all is named.
    """  # fmt: skip
    record = chart_of(journal, call.practice.name, call.patient)
    pack = installed(call.protocol)
    callee = callee_of(record, pack, at, callback=callback, language=call.language)
    carrier, models = how
    begun = Begun(
        call=call.call, program=call.program, protocol=pack.name, version=pack.version,
        digest=pack.digest, agent=agent_of(record.register, at), carrier=carrier, models=models,
        dialed_at=at, callee=callee, drill=call.drill,
    )  # fmt: skip
    return Ready(pack=pack, begun=begun)
