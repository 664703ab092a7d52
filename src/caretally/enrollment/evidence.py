"""The evidence of an enrollment: what must be on file, what is missing, and how to mend it.

Each piece has the name of the criterion it serves, where there is one, so that a gap on the
enrollment page and a hold in a decision are the same word. A question answers with a sentence when
something is missing and with nothing when it is on file; sentences hold ids and dates, no content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from caretally.codes import MONITORING_PROGRAMS, PAYERS, SCOPES
from caretally.enrollment.consents import SHARING, consent_at, consents, consents_at
from caretally.enrollment.coverage import authorized_codes
from caretally.enrollment.custody import setups
from caretally.enrollment.episodes import episodes, programs_at
from caretally.enrollment.orders import order_at, orders
from caretally.enrollment.standing import Standing
from caretally.journal.entries import CareTeamNamed

CAREGIVER = "caregiver:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence.

    name: the criterion's where it serves one. criteria: those that fail without it; none where it
    only informs. missing: says what is missing, or nothing. mend: what to do. command: the command
    of this room that does it.
    """

    name: str
    criteria: tuple[str, ...]
    missing: Callable[[Standing], str]
    mend: str
    command: str


def enrollment_missing(standing: Standing) -> str:
    """Ask for an open episode."""
    if standing.episode:
        return ""
    latest = standing.latest
    if latest and latest.ends:
        ended_on = standing.record.day_of(latest.ends, program=standing.program)
        return f"episode {latest.number} of {standing.program} ended on {ended_on}"
    return f"no enrollment in {standing.program} is on file"


def consent_missing(standing: Standing) -> str:
    """Ask for consent to the program, where consent to it can be recorded."""
    program = standing.program
    if program not in SCOPES or consent_at(standing.record, program, standing.at):
        return ""
    past = [c.stretch.ends for c in consents(standing.record, program) if c.stretch.ends]
    gone = [ended for ended in past if ended <= standing.at]
    if gone:
        return f"consent to {program} was revoked on {standing.record.day_of(gone[-1])}"
    return f"no consent to {program} is on file"


def consent_details_missing(standing: Standing) -> str:
    """Ask how consent was given, to which text, and whether the cost was told."""
    consent = consent_at(standing.record, standing.program, standing.at)
    if consent is None:
        return ""
    said = consent.details_at(standing.at)
    parts = {
        "how it was given": said.method,
        "who gave it": said.given_by,
        "the text's version": said.text_version,
        "its language": said.language,
        "that the cost share was told": said.cost_share_told,
    }
    left_out = [name for name, value in parts.items() if not value]
    return f"the consent does not say {', '.join(left_out)}" if left_out else ""


def order_missing(standing: Standing) -> str:
    """Ask for a practitioner's order in force."""
    if order_at(standing.record, standing.program, standing.at):
        return ""
    past = [each.ends for each in orders(standing.record, standing.program) if each.ends]
    gone = [ended for ended in past if ended <= standing.at]
    if gone:
        return f"the order ended on {standing.record.day_of(gone[-1])}"
    return f"no order for {standing.program} is on file"


def parameters_missing(standing: Standing) -> str:
    """Ask that the order names what is measured, and that a device measures some of it."""
    order = order_at(standing.record, standing.program, standing.at)
    if order is None or standing.program not in MONITORING_PROGRAMS:
        return ""
    if not order.parameters:
        return "the order names no parameter to measure"
    measured = {code for custody in standing.devices for code in custody.device.parameters}
    unmatched = measured and not measured & set(order.parameters)
    return "no device measures what was ordered" if unmatched else ""


def diagnosis_missing(standing: Standing) -> str:
    """Ask for a diagnosis on the latest enrollment."""
    latest = standing.latest
    named = latest.details_at(standing.at).diagnoses if latest else ()
    return "" if named else "the enrollment names no diagnosis"


def visit_missing(standing: Standing) -> str:
    """Ask for a visit before the episode began, not too long ago; or an early enough beginning."""
    latest, demands = standing.latest, standing.demands
    if latest is None:
        return "no visit before the enrollment is on file"
    first = episodes(standing.record, standing.program)[0]
    if (
        demands
        and standing.record.day_of(first.begins, program=standing.program) <= demands.begun_by
    ):
        return ""
    visit = latest.established_on(standing.at)
    began_on = standing.record.register.day_of(
        standing.record.patient, latest.begins, program=standing.program
    )
    if visit is None:
        return "no visit before the enrollment is on file"
    if visit >= began_on:
        return f"the visit of {visit} is not before the enrollment of {began_on}"
    if demands and years_begun(visit, began_on) > demands.visit_years:
        return f"the visit of {visit} is more than {demands.visit_years} years before {began_on}"
    return ""


def coverage_missing(standing: Standing) -> str:
    """Ask for a known payer on the date."""
    payer = standing.payer
    if payer is None:
        return f"no coverage is on file for {standing.day}"
    return "" if payer in PAYERS else f"payer {payer!r} is not one the rulebook knows"


def authorization_missing(standing: Standing) -> str:
    """Ask for prior authorization of the codes for which the payer demands it."""
    demanded = set(standing.fallen(("is_authorized",)))
    payer = standing.payer
    if not demanded or payer is None:
        return ""
    lacking = sorted(demanded - authorized_codes(standing.record, payer, standing.day))
    return f"{payer} has not authorized {', '.join(lacking)}" if lacking else ""


def device_missing(standing: Standing) -> str:
    """Ask for a medical device in the patient's hands; for RTM, with its body system."""
    if standing.program not in MONITORING_PROGRAMS:
        return ""
    medical = [each.device for each in standing.devices if each.device.medical_device]
    if not standing.devices:
        return "no device is assigned"
    if not medical:
        return "no assigned device meets the FDA definition of a medical device"
    if standing.program == "rtm" and not any(device.body_system for device in medical):
        return "no assigned device names the body system it monitors"
    return ""


def setup_missing(standing: Standing) -> str:
    """Ask that a device was set up and taught in the episode."""
    if standing.program not in MONITORING_PROGRAMS:
        return ""
    taught = any(
        entry.at <= standing.at
        for each in standing.devices
        for entry in setups(standing.record, each)
    )
    return "" if taught else "no set-up with teaching is on file for an assigned device"


def rival_program(standing: Standing) -> str:
    """Ask that only one of the monitoring programs is open."""
    open_ones = [p for p in programs_at(standing.record, standing.at) if p in MONITORING_PROGRAMS]
    if standing.program not in MONITORING_PROGRAMS or len(open_ones) < 2:
        return ""
    return f"{' and '.join(open_ones)} are open at once"


def care_team_missing(standing: Standing) -> str:
    """Ask who bills and who looks after the patient, all of them registered on the date."""
    latest = standing.latest
    billing = latest.details_at(standing.at).billing_provider if latest else None
    if billing is None:
        return "the enrollment names no billing provider"
    members = care_team(standing)
    if not members:
        return "no care team is named"
    register = standing.record.register
    gone = [m for m in (billing, *members) if not register.roles_on(m, standing.day)]
    return f"not registered on {standing.day}: {', '.join(gone)}" if gone else ""


def authority_missing(standing: Standing) -> str:
    """Ask that caregivers who consented could, and that those who may see data still may."""
    record = standing.record
    lacking: dict[str, date] = {}
    for consent in consents_at(record, standing.at):
        giver = consent.details_at(standing.at).given_by or ""
        given_on = record.day_of(consent.stretch.latest_at(standing.at).at)
        caregiver = giver.removeprefix(CAREGIVER)
        if giver.startswith(CAREGIVER) and not _may_speak(standing, caregiver, given_on):
            lacking[caregiver] = given_on
        sees = consent.caregiver if consent.scope == SHARING else None
        if sees and not _may_speak(standing, sees, standing.day):
            lacking[sees] = standing.day
    return "; ".join(f"{who} had no authority on {day}" for who, day in sorted(lacking.items()))


EVIDENCE: tuple[Evidence, ...] = (
    Evidence(
        name="is_established",
        criteria=("is_established",),
        missing=visit_missing,
        mend="name the date of a visit at this practice before the enrollment",
        command="amend_enrollment",
    ),
    Evidence(
        name="has_diagnosis",
        criteria=("has_diagnosis",),
        missing=diagnosis_missing,
        mend="add the diagnosis that is monitored",
        command="amend_enrollment",
    ),
    Evidence(
        name="is_ordered",
        criteria=("is_ordered",),
        missing=order_missing,
        mend="let a practitioner order the program",
        command="order",
    ),
    Evidence(
        name="order_names_parameters",
        criteria=(),
        missing=parameters_missing,
        mend="order the parameters that the device measures",
        command="order",
    ),
    Evidence(
        name="has_consent",
        criteria=("has_consent",),
        missing=consent_missing,
        mend="ask for consent; earlier minutes will not count",
        command="record_consent",
    ),
    Evidence(
        name="consent_is_documented",
        criteria=(),
        missing=consent_details_missing,
        mend="record the consent again with what is missing",
        command="record_consent",
    ),
    Evidence(
        name="is_covered",
        criteria=("is_covered",),
        missing=coverage_missing,
        mend="add the payer that covers the date",
        command="add_coverage",
    ),
    Evidence(
        name="is_authorized",
        criteria=("is_authorized",),
        missing=authorization_missing,
        mend="ask the payer, and record its number",
        command="record_authorization",
    ),
    Evidence(
        name="is_enrolled",
        criteria=("is_enrolled",),
        missing=enrollment_missing,
        mend="enroll the patient",
        command="enroll",
    ),
    Evidence(
        name="is_in_one_monitoring_program",
        criteria=("is_in_one_monitoring_program",),
        missing=rival_program,
        mend="end one of the two",
        command="disenroll",
    ),
    Evidence(
        name="has_device",
        criteria=("has_device_data", "reaches_data_days", "monitors_system"),
        missing=device_missing,
        mend="assign a medical device",
        command="assign_device",
    ),
    Evidence(
        name="has_setup",
        criteria=("has_setup",),
        missing=setup_missing,
        mend="set the device up, teach its use, and record who did",
        command="complete_setup",
    ),
    Evidence(
        name="has_care_team",
        criteria=(),
        missing=care_team_missing,
        mend="name who bills and who looks after the patient",
        command="name_care_team",
    ),
    Evidence(
        name="has_caregiver_authority",
        criteria=(),
        missing=authority_missing,
        mend="record or renew the caregiver's authority",
        command="authorize_caregiver",
    ),
)


def is_asked(evidence: Evidence, standing: Standing) -> bool:
    """Tell whether any rule of the program asks for a piece of evidence, or it informs."""
    if not evidence.criteria or standing.demands is None:
        return True
    return bool(standing.fallen(evidence.criteria))


def care_team(standing: Standing) -> tuple[str, ...]:
    """Return the members of the latest care team named for the program."""
    named = [
        each.body.members
        for each in standing.record.all_of(CareTeamNamed)
        if each.body.program == standing.program and each.at <= standing.at
    ]
    return named[-1] if named else ()


def years_begun(visit: date, start: date) -> int:
    """Return the years begun from a visit to a later start.

    Example:
        >>> years_begun(date(2023, 3, 4), date(2026, 3, 4))
        3
    """
    return start.year - visit.year + ((start.month, start.day) > (visit.month, visit.day))


def _may_speak(standing: Standing, caregiver: str, day: date) -> bool:
    return standing.record.register.has_authority(standing.record.patient, caregiver, day)
