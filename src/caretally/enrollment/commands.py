"""Commands of an enrollment: each checks one entry against the record and returns it to append.

All that speaks against an entry is told at once, field by field. What is returned is not stored
here; the caller appends it. Missing evidence is no reason to refuse, a contradiction is. Every
command corrects as well: what supersedes an entry is judged as if that entry were not on file.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from caretally.enrollment.checks import Case
from caretally.enrollment.consents import SHARING, consent_at
from caretally.enrollment.coverage import overlap
from caretally.enrollment.custody import custody_of, setups
from caretally.enrollment.episodes import episode_at, latest_episode
from caretally.enrollment.orders import order_at, ordering_providers
from caretally.enrollment.record import PatientRecord
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    AccessAligned,
    Authorized,
    BilledElsewhere,
    Body,
    CaregiverAuthorized,
    CareTeamNamed,
    ConditionRecorded,
    Consented,
    ConsentRevoked,
    ContactHeld,
    Covered,
    DeviceAssigned,
    DeviceReturned,
    Died,
    Disenrolled,
    Enrolled,
    Entry,
    GlobalSurgeryRecorded,
    Ordered,
    OrderEnded,
    PatientRegistered,
    SetupCompleted,
    StayRecorded,
    VisitBilled,
)

Appended = tuple[Entry, ...]


def register_patient(record: PatientRecord, filing: Filing, body: PatientRegistered) -> Appended:
    """Open a chart."""
    case = _case(record, filing, body)
    known = case.record.entries(PatientRegistered)
    if known:
        case.draft.refuse(
            "patient",
            found=f"a chart opened by entry {known[0].id}",
            expected="an id without a chart",
            hint="to correct the chart, supersede that entry",
        )
    if body.birth_date is not None and body.birth_date > case.day:
        case.draft.refuse(
            "body.birth_date", found="a date to come", expected="a date up to the registration"
        )
    return case.draft.filed()


def enroll(record: PatientRecord, filing: Filing, body: Enrolled) -> Appended:
    """Open the first episode of a program."""
    case = _enrolling(record, filing, body)
    if latest_episode(case.record, body.program, case.draft.at) and not _is_open(
        case, body.program
    ):
        case.draft.refuse(
            "body.program",
            found=f"an earlier episode of {body.program}",
            expected="a program the patient was never in",
            hint="re-enroll: a new episode opens",
        )
    return case.draft.filed()


def re_enroll(record: PatientRecord, filing: Filing, body: Enrolled) -> Appended:
    """Open a further episode of a program, after one that ended."""
    case = _enrolling(record, filing, body)
    if latest_episode(case.record, body.program, case.draft.at) is None:
        case.draft.refuse(
            "body.program",
            found=f"no earlier episode of {body.program}",
            expected="a program the patient was in before",
            hint="enroll instead",
        )
    return case.draft.filed()


def amend_enrollment(record: PatientRecord, filing: Filing, body: Enrolled) -> Appended:
    """Change the details of an open episode from an instant on."""
    case = _case(record, filing, body)
    case.is_alive()
    case.is_enrolled(body.program)
    case.enrolls_soundly(body)
    return case.draft.filed()


def correct_enrollment(record: PatientRecord, filing: Filing, body: Enrolled) -> Appended:
    """Correct what an enrollment says; to move it in time is to open its episode anew.

    `filing.supersedes` names the entry. Amendments that came after it stand.
    """
    known = next((each for each in record.all_of(Enrolled) if each.id == filing.supersedes), None)
    is_moved = known is None or (known.body.program, known.at) != (body.program, filing.at)
    if is_moved:
        return _enrolling(record, filing, body).draft.filed()
    case = _case(record, filing, body)
    case.enrolls_soundly(body)
    return case.draft.filed()


def disenroll(record: PatientRecord, filing: Filing, body: Disenrolled) -> Appended:
    """End the open episode of a program."""
    case = _case(record, filing, body)
    case.is_enrolled(body.program)
    if not body.reason.strip():
        case.draft.refuse(
            "body.reason", found="an empty text", expected="why the patient left", hint="say why"
        )
    return case.draft.filed()


def record_consent(record: PatientRecord, filing: Filing, body: Consented) -> Appended:
    """Record a consent; it may come before the enrollment, and be given again."""
    case = _case(record, filing, body)
    case.is_alive()
    case.may_speak("body.given_by", body.given_by)
    _check_sharing(case, body.scope, body.caregiver)
    if body.caregiver is not None:
        case.knows_caregiver("body.caregiver", body.caregiver)
    return case.draft.filed()


def revoke_consent(record: PatientRecord, filing: Filing, body: ConsentRevoked) -> Appended:
    """Record that a consent was taken back."""
    case = _case(record, filing, body)
    case.may_speak("body.given_by", body.given_by)
    if body.caregiver is not None:
        _check_sharing(case, body.scope, body.caregiver)
    if consent_at(case.record, body.scope, case.draft.at, caregiver=body.caregiver) is None:
        case.draft.refuse(
            "body.scope",
            found=f"no consent to {body.scope} in force at {case.draft.at.isoformat()}",
            expected="a scope that was consented to",
            hint="correct the scope or the instant",
        )
    return case.draft.filed()


def order(record: PatientRecord, filing: Filing, body: Ordered) -> Appended:
    """Record a practitioner's order."""
    case = _case(record, filing, body)
    case.is_alive()
    case.is_practitioner("body.ordering_provider", body.ordering_provider)
    case.are_different("body.parameters", body.parameters)
    if order_at(case.record, body.program, case.draft.at) == body:
        case.draft.refuse(
            "body.program",
            found="the same order in force",
            expected="an order that says something new",
            hint="nothing needs to be ordered again",
        )
    return case.draft.filed()


def end_order(record: PatientRecord, filing: Filing, body: OrderEnded) -> Appended:
    """Record that an order ended."""
    case = _case(record, filing, body)
    providers = ordering_providers(case.record, body.program, case.draft.at)
    if not providers:
        case.draft.refuse(
            "body.program",
            found=f"no order for {body.program} in force at {case.draft.at.isoformat()}",
            expected="a program that is ordered at that instant",
        )
    elif body.ordering_provider not in providers:
        case.draft.refuse(
            "body.ordering_provider",
            found=repr(body.ordering_provider),
            expected=f"who ordered it: {' or '.join(providers)}",
        )
    return case.draft.filed()


def add_coverage(record: PatientRecord, filing: Filing, body: Covered) -> Appended:
    """Record who pays from a date on."""
    case = _case(record, filing, body)
    case.covers_alone(body)
    return case.draft.filed()


def end_coverage(record: PatientRecord, filing: Filing, to_on: date) -> Appended:
    """Give a coverage its last date; `filing.supersedes` names the entry.

    The entry that results replaces the coverage and says the rest as it did.

    Raises:
        InputError: no such coverage, no reason, or a last date before the first.
    """
    known = next((c for c in record.all_of(Covered) if c.id == filing.supersedes), None)
    if known is None:
        return _unknown(filing, Covered(payer="-", from_on=to_on), "a coverage on file")
    body = replace(known.body, to_on=to_on)
    case = _case(record, replace(filing, at=known.at), body)
    case.covers_alone(body)
    return case.draft.filed()


def record_authorization(record: PatientRecord, filing: Filing, body: Authorized) -> Appended:
    """Record what a payer authorized beforehand."""
    case = _case(record, filing, body)
    if not body.codes:
        case.draft.refuse("body.codes", found="no code", expected="the codes that were authorized")
    case.are_different("body.codes", body.codes)
    if body.payer not in {each.body.payer for each in case.record.all_of(Covered)}:
        case.draft.refuse(
            "body.payer",
            found=f"{body.payer!r}, which covers the patient on no date",
            expected="a payer of the patient",
            hint="add the coverage first",
        )
    return case.draft.filed()


def authorize_caregiver(
    record: PatientRecord, filing: Filing, body: CaregiverAuthorized
) -> Appended:
    """Record that a caregiver may speak for the patient, and between which dates."""
    case = _case(record, filing, body)
    case.authorizes_anew(body)
    if not body.relationship.strip():
        case.draft.refuse(
            "body.relationship", found="an empty text", expected="what the caregiver is to them"
        )
    return case.draft.filed()


def end_authority(record: PatientRecord, filing: Filing, to_on: date) -> Appended:
    """Give a caregiver's authority its last date; `filing.supersedes` names the entry.

    Raises:
        InputError: no such authority, no reason, or a last date before the first.
    """
    known = next((a for a in record.all_of(CaregiverAuthorized) if a.id == filing.supersedes), None)
    if known is None:
        nobody = CaregiverAuthorized(caregiver="-", relationship="-", from_on=to_on)
        return _unknown(filing, nobody, "an authority on file")
    body = replace(known.body, to_on=to_on)
    case = _case(record, replace(filing, at=known.at), body)
    case.authorizes_anew(body)
    return case.draft.filed()


def name_care_team(record: PatientRecord, filing: Filing, body: CareTeamNamed) -> Appended:
    """Record who looks after the patient in a program."""
    case = _case(record, filing, body)
    case.is_alive()
    case.are_different("body.members", body.members)
    for position, member in enumerate(body.members):
        case.has_role(f"body.members[{position}]", member)
    return case.draft.filed()


def assign_device(record: PatientRecord, filing: Filing, body: DeviceAssigned) -> Appended:
    """Record that the patient was given a device."""
    case = _case(record, filing, body)
    case.is_alive()
    held = custody_of(case.record, body.device, case.draft.at)
    if held is not None and held.holder is not None:
        who = "the patient" if held.holder == case.record.patient else "another patient"
        case.draft.refuse(
            "body.device",
            found=f"{body.device!r}, which {who} holds since {held.begins.isoformat()}",
            expected="a device that is in nobody's hands",
            hint="record its return first",
        )
    return case.draft.filed()


def return_device(record: PatientRecord, filing: Filing, body: DeviceReturned) -> Appended:
    """Record that the patient gave a device back."""
    case = _case(record, filing, body)
    _check_held(case, body.device)
    return case.draft.filed()


def complete_setup(record: PatientRecord, filing: Filing, body: SetupCompleted) -> Appended:
    """Record that a device was set up and its use was taught."""
    case = _case(record, filing, body)
    case.is_alive()
    _check_held(case, body.device)
    case.has_role("body.educated_by", body.educated_by)
    custody = custody_of(case.record, body.device, case.draft.at)
    done = setups(case.record, custody) if custody and custody.holder == case.record.patient else ()
    if done:
        case.draft.refuse(
            "body.device",
            found=f"a set-up of {body.device!r} in entry {done[0].id}",
            expected="a device that was not set up since it was assigned",
            hint="write further teaching down as time of category education",
        )
    return case.draft.filed()


def record_stay(record: PatientRecord, filing: Filing, body: StayRecorded) -> Appended:
    """Record a stay in a facility."""
    case = _case(record, filing, body)
    if body.to_at is not None and body.to_at <= body.from_at:
        case.draft.refuse(
            "body.to", found=body.to_at.isoformat(), expected="an instant after body.from"
        )
    for each in case.record.all_of(StayRecorded):
        if _share_time(body, each.body):
            case.draft.refuse(
                "body.from",
                found=f"a stay on file at that time, in entry {each.id}",
                expected="one stay at a time",
                hint="end or correct that stay first",
            )
    return case.draft.filed()


def record_death(record: PatientRecord, filing: Filing) -> Appended:
    """Record that the patient died; episodes need no entry of their own to end."""
    case = _case(record, filing, Died())
    if case.record.entries(Died):
        case.draft.refuse(
            "at",
            found=f"a death on file in entry {case.record.entries(Died)[0].id}",
            expected="none",
            hint="to correct it, supersede that entry",
        )
    spoken = [
        each.id
        for each in case.record.all_of(ContactHeld)
        if each.body.spoke_with == "patient" and each.body.two_way and each.at >= case.draft.at
    ]
    if spoken:
        case.draft.refuse(
            "at",
            found=f"{case.draft.at.isoformat()}, before the conversation of entry {spoken[0]}",
            expected="an instant after every conversation with the patient",
            hint="correct the instant, or who was spoken with",
        )
    return case.draft.filed()


def record_claim_elsewhere(
    record: PatientRecord, filing: Filing, body: BilledElsewhere
) -> Appended:
    """Record that another practice billed a code for the patient."""
    case = _case(record, filing, body)
    known = case.record.register.practices
    if body.by in known or body.by in {practice.name for practice in known.values()}:
        case.draft.refuse(
            "body.by",
            found="a practice of this journal",
            expected="another practice",
            hint="what this practice billed comes from its claims",
        )
    case.is_said_once("body.code", body)
    return case.draft.filed()


def record_condition(record: PatientRecord, filing: Filing, body: ConditionRecorded) -> Appended:
    """Record a condition that has rules of its own, and between which dates."""
    case = _case(record, filing, body)
    case.begins_by_now("body.from", body.from_on)
    for each in case.record.all_of(ConditionRecorded):
        shared = overlap((body.from_on, body.to_on), (each.body.from_on, each.body.to_on))
        if each.body.condition == body.condition and shared is not None:
            case.draft.refuse(
                "body.from",
                found=f"{body.condition} on file for {shared[0]} in entry {each.id}",
                expected="dates on which the condition is not on file yet",
                hint="correct that entry instead",
            )
    return case.draft.filed()


def record_surgery(record: PatientRecord, filing: Filing, body: GlobalSurgeryRecorded) -> Appended:
    """Record a surgery whose global period covers some dates."""
    case = _case(record, filing, body)
    case.begins_by_now("body.from", body.from_on)
    case.is_said_once("body.from", body)
    return case.draft.filed()


def align_access(record: PatientRecord, filing: Filing, body: AccessAligned) -> Appended:
    """Record that the patient is aligned under the ACCESS model for some conditions."""
    case = _case(record, filing, body)
    if not body.conditions:
        case.draft.refuse(
            "body.conditions", found="no condition", expected="the conditions that are aligned"
        )
    case.are_diagnoses("body.conditions", body.conditions)
    case.are_different("body.conditions", body.conditions)
    case.is_said_once("body.conditions", body)
    return case.draft.filed()


def record_visit(record: PatientRecord, filing: Filing, body: VisitBilled) -> Appended:
    """Record a visit or other service that this practice billed."""
    case = _case(record, filing, body)
    case.begins_by_now("body.date", body.on)
    case.is_said_once("body.code", body)
    return case.draft.filed()


def _case(record: PatientRecord, filing: Filing, body: Body) -> Case:
    """Begin an entry; what it supersedes is no longer on the record it is held against."""
    draft = Draft.of(filing, body)
    case = Case(draft, record.without(filing.supersedes) if filing.supersedes else record)
    if filing.supersedes and filing.supersedes not in {
        each.id for each in record.entries(type(body))
    }:
        draft.refuse(
            "supersedes",
            found=repr(filing.supersedes),
            expected=f"an entry of kind {body.kind} that is in force on this chart",
            hint="correct the last entry of the chain",
        )
    if filing.patient != record.patient:
        case.draft.refuse(
            "patient",
            found=repr(filing.patient),
            expected=f"the chart of the record, {record.patient!r}",
        )
    if filing.writer is not None and not record.register.is_registered(filing.writer):
        case.draft.refuse(
            "actor",
            found=f"{filing.writer!r}, who is not registered",
            expected="a registered member of staff",
        )
    return case


def _enrolling(record: PatientRecord, filing: Filing, body: Enrolled) -> Case:
    case = _case(record, filing, body)
    case.is_alive()
    case.opens_an_episode(body.program)
    case.enrolls_soundly(body)
    return case


def _is_open(case: Case, program: str) -> bool:
    return episode_at(case.record, program, case.draft.at) is not None


def _check_sharing(case: Case, scope: str, caregiver: str | None) -> None:
    """Hold together the scope of sharing and the caregiver it is about."""
    if scope == SHARING and caregiver is None:
        case.draft.refuse(
            "body.caregiver", found="no caregiver", expected="the caregiver who may see"
        )
    if scope != SHARING and caregiver is not None:
        case.draft.refuse(
            "body.caregiver",
            found=f"a caregiver with scope {scope}",
            expected=f"a caregiver with scope {SHARING} only",
        )


def _check_held(case: Case, device: str) -> None:
    held = custody_of(case.record, device, case.draft.at)
    if held is None or held.holder != case.record.patient:
        case.draft.refuse(
            "body.device",
            found=f"{device!r}, which the patient does not hold at {case.draft.at.isoformat()}",
            expected="a device in the patient's hands",
            hint="record the assignment first, or correct the instant",
        )


def _share_time(first: StayRecorded, second: StayRecorded) -> bool:
    def ends_by(stay: StayRecorded, at: datetime) -> bool:
        return stay.to_at is not None and stay.to_at <= at

    return not ends_by(first, second.from_at) and not ends_by(second, first.from_at)


def _unknown(filing: Filing, body: Body, expected: str) -> Appended:
    draft = Draft(filing.entry(body))
    draft.refuse("supersedes", found=repr(filing.supersedes), expected=expected)
    return draft.filed()
