"""Conversations and attempts as a practice records them, corrects them and climbs the ladder.

The rules are those of the contacts room. Nobody records under another's name: whoever writes for
others has the right to, and the entry carries the writer beside the people who talked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caretally.contacts import commands
from caretally.contacts.checks import Circumstances, Notice, notices
from caretally.contacts.commands import Recorded
from caretally.contacts.form import ContactForm
from caretally.contacts.ladder import Question, Reach, reach
from caretally.contacts.notes import clock, talked_seconds
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    ContactAttempted,
    ContactHeld,
    Entry,
    EntryVoided,
    OutreachReviewed,
    ProviderNotified,
)
from caretally.journal.port import Appended
from caretally.practice.contacting_form import Reader, Typed, form_of
from caretally.practice.office import Chart, Office
from caretally.practice.policies import ladder
from caretally.practice.roles import RECORD_FOR_OTHERS
from caretally.practice.timing_by_hand import check_reason, once
from caretally.practice.timing_people import staff_of
from caretally.practice.timing_taken import taken_of
from caretally.timekeeping.spans import span, total_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a form would make, asked before it is sent.

    problems: what is still missing or wrong. seconds: of conversation.
    """

    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    seconds: int | None = None
    is_conversation: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that are still missing or wrong, each once."""
        names = (each.field.removeprefix("body.").partition("[")[0] for each in self.problems)
        return tuple(dict.fromkeys(name for name in names if name != "at"))


def record(office: Office, patient: str, typed: Typed) -> Appended:
    """Record a conversation or an attempt.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: anything is wrong with the form; all is named.
    """
    staff_of(office.caller)

    def command(on_file: PatientRecord) -> Sequence[Entry]:
        filing = office.filing(patient, entry_id=typed.entry_id, reason=typed.reason)
        return drafted(office, on_file, typed, filing).entries

    return once(office, (patient, typed.entry_id), command)


def correct(office: Office, patient: str, original: str, typed: Typed) -> Appended:
    """Replace a conversation or an attempt on record by another.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or nothing of this id is in force.
        InputError: anything is wrong with the form; all is named.
    """
    staff_of(office.caller)

    def command(on_file: PatientRecord) -> Sequence[Entry]:
        filing = office.filing(
            patient, entry_id=typed.entry_id, reason=typed.reason, supersedes=original
        )
        own_contact(office, on_file, original)
        check_reason(filing, "why it is corrected")
        return drafted(office, on_file, typed, filing).entries

    return once(office, (patient, typed.entry_id), command)


def withdraw(office: Office, filing: Filing, original: str) -> Appended:
    """Void a conversation or an attempt that was recorded in error.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or nothing of this id is in force.
        InputError: no reason is given.
    """

    def command(on_file: PatientRecord) -> Sequence[Entry]:
        check_reason(filing, "why it is withdrawn")
        own_contact(office, on_file, original)
        return Draft.of(filing, EntryVoided(entry=original)).filed()

    return once(office, (filing.patient or "", filing.id), command)


def notify_provider(office: Office, filing: Filing, body: ProviderNotified) -> Appended:
    """Write down that a practitioner was told.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: the practitioner is not registered.
    """
    staff_of(office.caller)
    return once(
        office, (filing.patient or "", filing.id),
        lambda on_file: commands.notify_provider(on_file.register, filing, body),
    )  # fmt: skip


def review_outreach(office: Office, filing: Filing, body: OutreachReviewed) -> Appended:
    """Write down how it goes on with a patient who could not be reached.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: the reviewer is not registered.
    """
    staff_of(office.caller)
    return once(
        office, (filing.patient or "", filing.id),
        lambda on_file: commands.review_outreach(on_file.register, filing, body),
    )  # fmt: skip


def preview(office: Office, chart: Chart, typed: Typed, original: str = "") -> Preview:
    """Return what a form would make, without storing anything."""
    filing = office.filing(
        chart.patient, entry_id=typed.entry_id, reason=typed.reason, supersedes=original
    )
    try:
        made = drafted(office, chart.record, typed, filing)
    except InputError as error:
        return Preview(problems=error.problems, is_conversation=typed.is_conversation)
    body = made.entries[0].body
    return Preview(
        notices=(*made.notices, *overlaps(office, body, but=(typed.entry_id, original))),
        seconds=talked_seconds(body) if isinstance(body, ContactHeld) else None,
        is_conversation=typed.is_conversation,
    )


def drafted(office: Office, on_file: PatientRecord, typed: Typed, filing: Filing) -> Recorded:
    """Return the entry a form makes, with its notices.

    Raises:
        InputError: anything is wrong with the form; all is named.
    """
    zone_name = on_file.register.zone_of(on_file.patient, office.now, program=typed.program or None)
    reader = Reader(zone_name, office.now)
    form = reader.form(typed)
    problems = [*reader.problems, *_not_ones_own(office, form)]
    made: Recorded | None = None
    try:
        made = commands.record_contact(circumstances(on_file, form), filing, form)
    except InputError as error:
        problems += [each for each in error.problems if not reader.is_noise(each)]
    if problems or made is None:
        raise InputError(problems)
    return made


def circumstances(on_file: PatientRecord, form: ContactForm) -> Circumstances:
    """Return who is who at the time of a form."""
    return Circumstances(
        register=on_file.register, patient=on_file.patient,
        has_died=not on_file.is_alive_at(form.start),
    )  # fmt: skip


def notices_of(office: Office, on_file: PatientRecord, entry: Entry) -> tuple[Notice, ...]:
    """Return why an entry on record will not count as somebody may expect."""
    body = entry.body
    assert isinstance(body, ContactHeld | ContactAttempted)
    form = form_of(body, entry.at)
    found = notices(form, circumstances(on_file, form))
    return (*found, *overlaps(office, body, but=(entry.id, entry.supersedes or "")))


def overlaps(office: Office, body: object, *, but: tuple[str, ...]) -> tuple[Notice, ...]:
    """Return a notice where seconds of a conversation are on record for its people already."""
    if not isinstance(body, ContactHeld) or body.end <= body.start:
        return ()
    whole = span(body.start, body.end)
    found = []
    for person in body.performers:
        rivals = [each for each in taken_of(office, person, whole) if each.by not in but]
        entries = len({each.by for each in rivals})
        if rivals:
            shared = [
                span(max(each.span.start, whole.start), min(each.span.end, whole.end))
                for each in rivals
            ]
            found.append(
                Notice(
                    name="staff_overlap",
                    says=f"{clock(total_seconds(shared))} of it are on record for {person} in "
                    f"{entries} other {'entry' if entries == 1 else 'entries'}; "
                    "a second counts once",
                    mend="correct the times where they are wrong",
                )
            )
    return tuple(found)


def own_contact(office: Office, on_file: PatientRecord, entry_id: str) -> Entry:
    """Return a contact or attempt in force that the caller may change.

    Raises:
        UnknownError: nothing of this id is in force.
        ForbiddenError: it is somebody else's.
    """
    known = (*on_file.entries(ContactHeld), *on_file.entries(ContactAttempted))
    found = next((each for each in known if each.id == entry_id), None)
    if found is None or not isinstance(found.body, ContactHeld | ContactAttempted):
        raise UnknownError("nothing of this id is in force; it was corrected or withdrawn")
    if office.caller.staff not in found.body.performers and found.actor != office.caller.actor:
        office.caller.require(RECORD_FOR_OTHERS)
    return found


def reach_of(office: Office, on_file: PatientRecord, program: str) -> Reach:
    """Return where the patient stands on the practice's ladder."""
    question = Question(
        register=on_file.register, patient=on_file.patient, program=program, now=office.now,
        ladder=ladder(office),
    )  # fmt: skip
    return reach(on_file.in_force, question)


def _not_ones_own(office: Office, form: ContactForm) -> list[Problem]:
    """Refuse a form in which only others took part, of those who may not write for others."""
    caller = office.caller
    if not form.performers or caller.staff in form.performers or caller.may(RECORD_FOR_OTHERS):
        return []
    return [
        Problem(
            where="the form", field="performers", found="only others",
            expected="you among them: nobody records under another's name",
        )
    ]  # fmt: skip
