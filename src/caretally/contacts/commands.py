"""Commands about contacts: each checks what was filled in and returns the entries to append."""

from __future__ import annotations

from dataclasses import dataclass

from caretally.contacts.checks import (
    Circumstances,
    Notice,
    check_attempt,
    check_conversation,
    notices,
)
from caretally.contacts.form import ContactForm
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, OutreachReviewed, ProviderNotified
from caretally.journal.register import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a form made.

    entries: to append. notices: why they will not count as somebody may expect.
    """

    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...]


def record_contact(around: Circumstances, filing: Filing, form: ContactForm) -> Recorded:
    """Make a contact or an attempt of a form; its outcome decides which.

    Raises:
        InputError: anything is wrong with the form; all of it is named, by its fields.
    """
    if form.is_conversation:
        draft = Draft.of(filing, form.contact())
        check_conversation(draft, form, around)
    else:
        draft = Draft.of(filing, form.attempt())
        check_attempt(draft, form, around)
    _check_chart(draft, around.patient)
    return Recorded(entries=draft.filed(), notices=notices(form, around))


def notify_provider(
    register: Register, filing: Filing, body: ProviderNotified
) -> tuple[Entry, ...]:
    """Write down that a practitioner was told.

    Raises:
        InputError: the practitioner is not registered on that date.
    """
    draft = Draft.of(filing, body)
    _check_registered(draft, register, "body.provider", body.provider)
    return draft.filed()


def review_outreach(
    register: Register, filing: Filing, body: OutreachReviewed
) -> tuple[Entry, ...]:
    """Write down how it goes on with a patient who could not be reached.

    Raises:
        InputError: the reviewer is not registered on that date.
    """
    draft = Draft.of(filing, body)
    _check_registered(draft, register, "body.reviewer", body.reviewer)
    return draft.filed()


def _check_chart(draft: Draft, patient: str) -> None:
    if draft.entry.patient != patient:
        draft.refuse(
            "patient", found=repr(draft.entry.patient), expected=f"the chart looked at, {patient!r}"
        )


def _check_registered(draft: Draft, register: Register, field: str, staff: str) -> None:
    day = register.day_of(draft.entry.patient or "", draft.at)
    if not register.roles_on(staff, day):
        draft.refuse(
            field,
            found=f"{staff!r}, not registered on {day}",
            expected="a registered member of staff",
        )
