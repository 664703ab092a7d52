"""The page of an enrollment in steps: what is asked for, what is on file, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caretally.enrollment.state import ACTIVE, DISENROLLED, ENDED_BY_DEATH, EvidenceState
from caretally.journal.entries import Entry
from caretally.practice.enrolling import (
    WORKS,
    may_undo,
    opens_no_chart,
    permission_for,
)
from caretally.practice.enrolling_people import account_names
from caretally.practice.enrolling_state import Enrolling, Line, on_file
from caretally.practice.office import Office
from caretally.web.enrollment.forms import CORRECTING, FORMS, Form
from caretally.web.enrollment.words import EVIDENCE_WORDS, STEPS, kind_words, says


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An entry in words: what it is, what it says and who wrote it."""

    entry: Entry
    kind: str
    words: str
    writer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry on file with its history.

    correcting: the work that corrects it, empty where the caller may not. void: what took it back.
    """

    now: Said
    earlier: tuple[Said, ...]
    void: Said | None
    correcting: str
    may_void: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of evidence in words."""

    title: str
    step: str
    state: EvidenceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the page.

    works: the forms the caller may fill in now. withheld: what only others may do, in words.
    """

    name: str
    title: str
    pieces: tuple[Piece, ...]
    rows: tuple[Row, ...]
    works: tuple[Form, ...]
    withheld: str

    @property
    def is_missing(self) -> bool:
        """Whether something is missing in it."""
        return any(piece.state.is_missing for piece in self.pieces)


def pieces_of(enrolling: Enrolling) -> tuple[Piece, ...]:
    """Return every piece of evidence that is asked for, in words."""
    return tuple(
        Piece(title=EVIDENCE_WORDS[each.name][1], step=EVIDENCE_WORDS[each.name][0], state=each)
        for each in enrolling.evidence
    )


def steps_of(office: Office, enrolling: Enrolling) -> tuple[Step, ...]:
    """Return the steps of the page."""
    names = account_names(office)
    kept = on_file(enrolling.chart)
    pieces = pieces_of(enrolling)
    return tuple(
        Step(
            name=name,
            title=title,
            pieces=tuple(piece for piece in pieces if piece.step == name),
            rows=tuple(
                row_of(office, enrolling, line, names)
                for kind in kinds_of(name)
                for line in kept.get(kind, ())
                if is_of(line.entry, enrolling.program)
            ),
            works=tuple(
                form
                for form in works_in(name, enrolling)
                if office.caller.may(WORKS[form.work].permission)
            ),
            withheld=withheld_in(name, office),
        )
        for name, title in STEPS
    )


def kinds_of(step: str) -> tuple[str, ...]:
    """Return the kinds of entries that stand in a step."""
    return tuple(dict.fromkeys(form.kind for form in FORMS.values() if form.step == step))


def is_of(entry: Entry, program: str) -> bool:
    """Tell whether an entry belongs to a program, or to all."""
    return getattr(entry.body, "program", program) == program


def works_in(step: str, enrolling: Enrolling) -> tuple[Form, ...]:
    """Return the forms that fit a step as the enrollment stands."""
    closed = unfit(enrolling)
    return tuple(form for work, form in FORMS.items() if form.step == step and work not in closed)


def unfit(enrolling: Enrolling) -> frozenset[str]:
    """Return the works that have nothing to do as the enrollment stands."""
    state = enrolling.state
    closed = {"correct_enrollment"}
    if enrolling.chart.card.name:
        closed.add("register_patient")
    closed |= (
        {"enroll", "re_enroll"} if state.stage == ACTIVE else {"amend_enrollment", "disenroll"}
    )
    closed.add("enroll" if state.stage == DISENROLLED else "re_enroll")
    if not state.devices:
        closed |= {"return_device", "complete_setup"}
    if any(each.name == "is_ordered" and each.is_missing for each in state.evidence):
        closed.add("end_order")
    if not state.consents:
        closed.add("revoke_consent")
    if state.payer is None:
        closed.add("record_authorization")
    if state.stage == ENDED_BY_DEATH:
        closed.add("record_death")
    return frozenset(closed)


def withheld_in(step: str, office: Office) -> str:
    """Return in words what only others may do in a step."""
    is_theirs = step == "order" and not office.caller.may(WORKS["order"].permission)
    return "A practitioner signs the order." if is_theirs else ""


def row_of(office: Office, enrolling: Enrolling, line: Line, names: Mapping[str, str]) -> Row:
    """Return an entry on file in words."""
    zone_name = enrolling.state.time_zone

    def worded(entry: Entry) -> Said:
        return Said(
            entry=entry,
            kind=kind_words(entry.kind),
            words=says(entry, names, zone_name),
            writer=writer_words(entry.actor, names),
        )

    may = line.void is None and office.caller.may(permission_for(line.entry))
    is_here = line.entry.id in {each.id for each in enrolling.chart.record.in_force}
    return Row(
        now=worded(line.entry),
        earlier=tuple(worded(each) for each in line.earlier),
        void=worded(line.void) if line.void else None,
        correcting=CORRECTING[line.entry.kind] if may and is_here else "",
        may_void=may and is_here and opens_no_chart(line.entry) and not is_chart(line.entry),
    )


def is_chart(entry: Entry) -> bool:
    """Tell whether an entry is the chart itself, which is corrected and never voided."""
    return entry.kind == "patient_registered"


def writer_words(actor: str, names: Mapping[str, str]) -> str:
    """Return who wrote an entry, by name where there is an account."""
    kind, _, name = actor.partition(":")
    return names.get(name, name) if kind == "staff" else f"{kind} {name}"


def saved_entry(office: Office, enrolling: Enrolling, entry_id: str) -> Entry | None:
    """Return the entry that was saved just now, if it can be taken back by the caller."""
    return next(
        (
            entry
            for entry in enrolling.chart.record.in_force
            if entry.id == entry_id
            and entry.patient == enrolling.chart.patient
            and may_undo(office, entry)
            and office.caller.may(permission_for(entry))
        ),
        None,
    )
