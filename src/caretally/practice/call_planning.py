"""A call is put in line: for whom, along which protocol, when; and made ready when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.codes import PROGRAMS
from caretally.contacts.wellness_calls.log_lines import Begun
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.packs import LANGUAGES, Pack
from caretally.contacts.wellness_calls.states import Callee
from caretally.enrollment.record import PatientRecord, record_of
from caretally.errors import InputError, Problem
from caretally.journal.register import Register
from caretally.practice.call_callees import callee_of
from caretally.practice.call_desk import call_named
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.practice.roles import RUN_CALLS
from caretally.store.call_tables import PLANNED, STOPPED, Call
from caretally.store.charts import chart_entries
from caretally.store.stored_journal import StoredJournal

AGENT = "ai_agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call that somebody asks for.

    asked_by: staff id, or the name of what asked. name: id of the call, where a page made one.
    """

    patient: str
    program: str
    protocol: str
    due_at: datetime
    language: str = "en"
    asked_by: str = ""
    drill: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A call that may begin: its protocol and its first line."""

    pack: Pack
    begun: Begun


def plan(journal: StoredJournal, practice: str, wanted: Wanted, at: datetime) -> Call:
    """Put a call in line; a form sent twice puts it there once.

    Raises:
        InputError: there is no such protocol, program or language; all is named.
    """
    wrong = [
        Problem(where="form", field=field, found=repr(told), expected=f"one of {', '.join(known)}")
        for field, told, known in (
            ("protocol", wanted.protocol, NAMES), ("program", wanted.program, PROGRAMS),
            ("language", wanted.language, LANGUAGES),
        )
        if told not in known
    ]  # fmt: skip
    if wrong:
        raise InputError(wrong)
    office = Office(journal=journal, caller=system_caller(practice, "calls"), now=at)
    made: Call
    made, _ = Call.objects.using(journal.db.alias).get_or_create(
        practice_id=office.book().number, call=wanted.name or office.new_id("call"),
        defaults={
            "patient": wanted.patient, "program": wanted.program, "protocol": wanted.protocol,
            "language": wanted.language, "state": PLANNED, "due_at": wanted.due_at,
            "drill": wanted.drill, "asked_by": wanted.asked_by, "made_at": at,
        },
    )  # fmt: skip
    return made


def stop(office: Office, name: str) -> bool:
    """Take a call out of the line, unless it was dialed already; tell whether it was.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
    """
    call = call_named(office.journal, office.practice, name)
    office.card(call.patient, permission=RUN_CALLS)
    rows = Call.objects.using(office.db.alias).filter(pk=call.pk, state=PLANNED)
    return bool(rows.update(state=STOPPED, ended_at=office.now))


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


def invented(
    journal: StoredJournal, call: Call, at: datetime, *, how: tuple[str, tuple[str, ...]]
) -> Ready:
    """Return what a drill begins with: an invented patient, of whom no chart is.

    Raises:
        InputError: no agent is registered.
    """
    practice = call.practice.name
    office = Office(journal=journal, caller=system_caller(practice, "calls"), now=at)
    register, pack = office.register(), installed(call.protocol)
    roots = [each.name for each in register.practices.values() if each.part_of is None]
    callee = Callee(name="Ada", birth_year=1950, practice=next(iter(roots), practice),
                    callback="555 0100", language=call.language)  # fmt: skip
    carrier, models = how
    begun = Begun(
        call=call.call, program=call.program, protocol=pack.name, version=pack.version,
        digest=pack.digest, agent=agent_of(register, at), carrier=carrier, models=models,
        dialed_at=at, callee=callee, drill=True,
    )  # fmt: skip
    return Ready(pack=pack, begun=begun)
