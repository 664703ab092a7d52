"""What is wrong with a contact form, and what will keep a sound one from counting.

The first is refused, field by field. The second is a notice: the entry is written, and the person
learns at once what the decision would say at the end of the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from caretally.contacts.form import ContactForm, is_a_way_to_talk
from caretally.journal.drafts import Draft
from caretally.journal.entries import ExcludedLeg
from caretally.journal.register import Register

CAREGIVER = "caregiver:"
AGENT = "ai_agent"
LONGEST = timedelta(hours=8)
"""A longer entry would be quarantined when it is counted (contract section 3)."""
CLINICAL = frozenset({"device_data", "symptoms", "medication", "care_plan"})
SCOPE_OF_MODE = {"ai_telephone": "ai_voice", "sms": "sms"}
"""Ways that need a consent of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Why an entry that was written will not count as somebody may expect.

    name: the reason a decision would give, where it gives one.
    """

    name: str
    says: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Who is who, and whether the patient lived.

    died: whether a death is on file by the start of the contact.
    """

    register: Register
    patient: str
    has_died: bool = False


def check_conversation(draft: Draft, form: ContactForm, around: Circumstances) -> None:
    """Add what is wrong with a form that says somebody talked."""
    check_two_way(draft, form)
    check_span(draft, form)
    check_legs(draft, form)
    check_people(draft, form, around)
    if form.spoke_with is None:
        draft.refuse("spoke_with", found="nobody", expected="patient, caregiver:ID or other")
    if form.spoke_with == "patient" and around.has_died:
        draft.refuse(
            "spoke_with",
            found="the patient, after the death on file",
            expected="a caregiver or another person",
            hint="if the death is wrong, void it first",
        )
    if not form.all_topics:
        draft.refuse(
            "topics",
            found="no topic",
            expected="what it was about",
            hint="general, if nothing else",
        )
    for position, finding in enumerate(form.findings):
        if not finding.says.strip():
            draft.refuse(
                f"findings[{position}].says",
                found="an empty text",
                expected="what was found",
                hint="leave the finding out if the topic was not touched",
            )


def check_attempt(draft: Draft, form: ContactForm, around: Circumstances) -> None:
    """Add what is wrong with a form that says nobody was talked with."""
    check_people(draft, form, around)
    told = form.told_of_a_conversation()
    if told:
        draft.refuse(
            told[0],
            found=f"{', '.join(told)} with the outcome {form.outcome}",
            expected="nothing of a conversation: an attempt cannot become a contact",
            hint="if somebody talked both ways, the outcome is talked",
        )
    if form.end is not None and form.end < form.start:
        draft.refuse("end", found=form.end.isoformat(), expected="an instant not before the start")
    if form.mode == "in_person":
        draft.refuse("mode", found="in_person", expected="a way to try from afar")


def check_two_way(draft: Draft, form: ContactForm) -> None:
    """Refuse a conversation by a way in which nobody answers, or to which nobody answered."""
    if not is_a_way_to_talk(form.mode):
        draft.refuse(
            "mode",
            found=repr(form.mode),
            expected="a way in which people talk with each other",
            hint="a message one way is an attempt with the outcome message_sent",
        )
    elif not form.two_way:
        draft.refuse(
            "two_way",
            found="no",
            expected="yes: both sides could speak",
            hint="a message left or sent is an attempt: voicemail or message_sent",
        )


def check_span(draft: Draft, form: ContactForm) -> None:
    """Refuse a conversation without an end, that ends too early, too late or never."""
    if form.end is None:
        draft.refuse("end", found="none", expected="when the conversation ended")
        return
    if form.end < form.start:
        draft.refuse("end", found=form.end.isoformat(), expected="an instant not before the start")
    if form.end > draft.entry.recorded_at:
        draft.refuse("end", found=form.end.isoformat(), expected="an instant that is past")
    if form.end - form.start > LONGEST:
        draft.refuse("end", found=f"a span of {form.end - form.start}", expected="8 hours at most")


def check_legs(draft: Draft, form: ContactForm) -> None:
    """Refuse excluded legs outside the contact, over one another, or over all of it."""
    end = form.end or form.start
    legs = sorted(form.excluded, key=lambda leg: leg.start)
    for position, leg in enumerate(form.excluded):
        if not form.start <= leg.start < leg.end <= end:
            draft.refuse(
                f"excluded[{position}]",
                found=f"{leg.start.isoformat()} to {leg.end.isoformat()}",
                expected="a stretch within the contact, its end after its start",
            )
    if any(after.start < before.end for before, after in pairwise(legs)):
        draft.refuse("excluded", found="legs over one another", expected="each second once")
    elif legs and total(legs) >= end - form.start:
        draft.refuse(
            "excluded",
            found="no second in which somebody talked",
            expected="a conversation",
            hint="a call that was on hold throughout is an attempt",
        )


def check_people(draft: Draft, form: ContactForm, around: Circumstances) -> None:
    """Refuse nobody, somebody twice, strangers, and agents in the place of people."""
    day = around.register.day_of(around.patient, form.start, program=form.program)
    if not form.performers:
        draft.refuse("performers", found="nobody", expected="who called")
    if len(set(form.performers)) < len(form.performers):
        draft.refuse("performers", found="somebody twice", expected="each once")
    for position, person in enumerate(form.performers):
        roles = around.register.roles_on(person, day)
        if not roles:
            draft.refuse(
                f"performers[{position}]",
                found=f"{person!r}, not registered on {day}",
                expected="a registered member of staff",
                hint="register the role with its dates",
            )
        elif (roles == {AGENT}) != (form.mode == "ai_telephone"):
            draft.refuse(
                f"performers[{position}]",
                found=f"{person!r}, {' and '.join(sorted(roles))}, by {form.mode}",
                expected="agents by ai_telephone, people by every other way",
                hint="a person who takes over an agent's call has a contact of their own",
            )
    if form.escalated_to is not None and not around.register.roles_on(form.escalated_to, day):
        draft.refuse(
            "escalated_to",
            found=f"{form.escalated_to!r}, not registered on {day}",
            expected="a registered member of staff",
        )


def notices(form: ContactForm, around: Circumstances) -> tuple[Notice, ...]:
    """Return why a sound form will not count, or not as it seems."""
    register, patient = around.register, around.patient
    found = [_scope_notice(form, around)]
    if form.is_conversation:
        found += [_topic_notice(form), _mode_notice(form)]
        caregiver = (form.spoke_with or "").removeprefix(CAREGIVER)
        day = register.day_of(patient, form.start, program=form.program)
        is_caregiver = (form.spoke_with or "").startswith(CAREGIVER)
        if is_caregiver and not register.has_authority(patient, caregiver, day):
            found.append(
                Notice(
                    name="has_caregiver_authority",
                    says=f"caregiver {caregiver} had no authority on {day}; "
                    "this is no qualifying contact",
                    mend="record or renew the authority, if it was in force on that date",
                )
            )
    return tuple(each for each in found if each is not None)


def total(legs: list[ExcludedLeg]) -> timedelta:
    """Return how long legs last that do not overlap."""
    return sum((leg.end - leg.start for leg in legs), timedelta(0))


def _topic_notice(form: ContactForm) -> Notice | None:
    if CLINICAL & set(form.all_topics):
        return None
    return Notice(
        name="not_a_contact",
        says="nothing clinical was talked about; this is no qualifying contact",
        mend="name the clinical topics, if there were any",
    )


def _mode_notice(form: ContactForm) -> Notice | None:
    if form.spoke_with == "other":
        says = "it was not with the patient or a caregiver; its time is coordination"
        return Notice(name="not_a_contact", says=says)
    said = {
        "chat": ("chat_time", "text chat is kept in its own total, and is not live"),
        "ai_telephone": ("ai_time", "an agent's minutes are kept in their own total"),
    }.get(form.mode)
    if said:
        return Notice(name=said[0], says=said[1])
    if form.part_of_visit:
        return Notice(name="part_of_visit", says="its time belongs to the visit and counts nothing")
    return None


def _scope_notice(form: ContactForm, around: Circumstances) -> Notice | None:
    scope = SCOPE_OF_MODE.get(form.mode)
    if scope is None or around.register.has_consent(around.patient, scope, form.start):
        return None
    return Notice(
        name=f"no_consent_to_{scope}",
        says=f"no consent to {scope} was in force",
        mend="ask for it before the next one",
    )
