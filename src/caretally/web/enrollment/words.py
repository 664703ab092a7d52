"""Words of the pages: evidence, stages, scopes, payers, and what an entry says in a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from caretally.clock import zone
from caretally.enrollment import state
from caretally.journal import entries as e
from caretally.web.enrollment.measures import measure_words

STEPS = (
    ("chart", "Person"),
    ("coverage", "Coverage"),
    ("order", "Order"),
    ("consent", "Consent"),
    ("enrollment", "Enrollment"),
    ("device", "Device"),
    ("setup", "Set-up and teaching"),
    ("team", "Care team"),
    ("caregivers", "Caregivers"),
    ("events", "What else bears on billing"),
)
"""Name and title, in the order in which a patient is taken in."""
EVIDENCE_WORDS = {
    "is_established": ("enrollment", "Earlier visit"),
    "has_diagnosis": ("enrollment", "Diagnosis"),
    "is_ordered": ("order", "Order"),
    "order_names_parameters": ("order", "What is measured"),
    "has_consent": ("consent", "Consent"),
    "consent_is_documented": ("consent", "Details of the consent"),
    "is_covered": ("coverage", "Coverage"),
    "is_authorized": ("coverage", "Prior authorization"),
    "is_enrolled": ("enrollment", "Enrollment"),
    "is_in_one_monitoring_program": ("enrollment", "One monitoring program"),
    "has_device": ("device", "Medical device"),
    "has_setup": ("setup", "Set-up and teaching"),
    "has_care_team": ("team", "Care team"),
    "has_caregiver_authority": ("caregivers", "Authority of caregivers"),
}
"""Step and title of each piece of evidence."""
STAGE_WORDS = {
    state.NOT_STARTED: "Not started",
    state.GATHERING: "Gathering evidence",
    state.READY: "Ready to enroll",
    state.ACTIVE: "Enrolled",
    state.DISENROLLED: "Disenrolled",
    state.ENDED_BY_DEATH: "Ended by death",
}
PATH = (state.NOT_STARTED, state.GATHERING, state.READY, state.ACTIVE)
"""The stages of somebody who is being taken in."""
SCOPE_WORDS = {
    "rpm": "Remote physiologic monitoring (RPM)",
    "rtm": "Remote therapeutic monitoring (RTM)",
    "ccm": "Chronic care management (CCM)",
    "ai_voice": "Calls by an AI voice",
    "recording": "Recording of calls",
    "sms": "Text messages",
    "data_sharing": "Sharing data with a caregiver",
}
PAYER_WORDS = {
    "medicare_ffs": "Medicare (fee for service)", "medicare_advantage": "Medicare Advantage",
    "unitedhealthcare": "UnitedHealthcare", "aetna": "Aetna", "anthem": "Anthem", "cigna": "Cigna",
    "bcbs_mississippi": "BCBS of Mississippi", "medicaid_md": "Medicaid, Maryland",
    "medicaid_nc": "Medicaid, North Carolina", "medicaid_ar": "Medicaid, Arkansas",
    "commercial": "Other commercial payer", "self_pay": "Pays themselves",
}  # fmt: skip


def kind_words(kind: str) -> str:
    """Return what to call a kind of entry."""
    return KIND_WORDS.get(kind, kind.replace("_", " ").capitalize())


KIND_WORDS = {
    "patient_registered": "Chart", "covered": "Coverage", "authorized": "Authorization",
    "ordered": "Order", "order_ended": "Order ended", "consented": "Consent",
    "consent_revoked": "Consent taken back", "enrolled": "Enrolled", "disenrolled": "Disenrolled",
    "device_assigned": "Device assigned", "device_returned": "Device returned",
    "setup_completed": "Set up", "care_team_named": "Care team",
    "caregiver_authorized": "Caregiver", "stay_recorded": "Stay", "died": "Died",
    "billed_elsewhere": "Billed elsewhere", "visit_billed": "Visit billed",
    "condition_recorded": "Condition", "global_surgery_recorded": "Surgery",
    "access_aligned": "ACCESS alignment",
}  # fmt: skip


def says(entry: e.Entry, names: Mapping[str, str], zone_name: str) -> str:
    """Return in a line what an entry says.

    names: of staff, by id. zone_name: for instants.
    """
    made = SAYINGS.get(type(entry.body))
    if isinstance(entry.body, e.StayRecorded):
        return _stay(entry.body, zone_name)
    return made(entry.body, names) if made else ""


def _dates(body: Any) -> str:
    until = f"to {body.to_on}" if body.to_on else "on"
    return f"from {body.from_on} {until}"


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _who(names: Mapping[str, str], staff: str | None) -> str:
    return names.get(staff, staff) if staff else ""


def _spoken(speaker: str | None) -> str:
    return f"by {speaker.replace(':', ' ')}" if speaker else ""


def _enrolled(body: e.Enrolled, names: Mapping[str, str]) -> str:
    return _joined(
        body.program.upper(), ", ".join(body.diagnoses) or "no diagnosis",
        f"billed by {_who(names, body.billing_provider)}" if body.billing_provider else "",
        f"visit of {body.established_on}" if body.established_on else "", body.episode,
    )  # fmt: skip


def _consented(body: e.Consented, _: Mapping[str, str]) -> str:
    return _joined(
        SCOPE_WORDS[body.scope], body.method, _spoken(body.given_by),
        f"text {body.text_version}" if body.text_version else "", body.language,
        "cost share told" if body.cost_share_told else "",
        f"shared with {body.caregiver}" if body.caregiver else "",
    )  # fmt: skip


def _revoked(body: e.ConsentRevoked, _: Mapping[str, str]) -> str:
    return _joined(SCOPE_WORDS[body.scope], body.method, _spoken(body.given_by), body.caregiver)


def _device(body: e.DeviceAssigned, _: Mapping[str, str]) -> str:
    return _joined(
        body.device, body.vendor, body.model, body.serial,
        "medical device" if body.medical_device else "no medical device",
        measure_words(body.parameters), body.body_system,
    )  # fmt: skip


def _stay(body: e.StayRecorded, zone_name: str) -> str:
    here = zone(zone_name)
    begins = f"{body.from_at.astimezone(here):%Y-%m-%d %H:%M}"
    ends = f"{body.to_at.astimezone(here):%Y-%m-%d %H:%M}" if body.to_at else "now"
    return _joined(body.setting, f"{begins} to {ends}")


def _surgery(body: e.GlobalSurgeryRecorded, _: Mapping[str, str]) -> str:
    return _joined(
        _dates(body), "of what is monitored" if body.related else "of something else",
        "by the billing provider" if body.by_billing_provider else "by somebody else",
    )  # fmt: skip


SAYINGS: Mapping[type[e.Body], Callable[[Any, Mapping[str, str]], str]] = {
    e.PatientRegistered: lambda b, _: _joined(
        b.name,
        b.birth_date,
        b.sex,
        b.time_zone,
        b.language,
        b.street,
        b.city,
        b.state,
        b.postal_code,
    ),
    e.Covered: lambda b, _: _joined(
        PAYER_WORDS.get(b.payer, b.payer),
        b.member_id,
        f"priority {b.priority}",
        _dates(b),
        b.relationship and f"the patient is {b.relationship} of {b.subscriber_name or 'another'}",
    ),
    e.Authorized: lambda b, _: _joined(
        PAYER_WORDS.get(b.payer, b.payer), ", ".join(b.codes), b.number, _dates(b)
    ),
    e.Ordered: lambda b, names: _joined(
        b.program.upper(), f"by {_who(names, b.ordering_provider)}", measure_words(b.parameters)
    ),
    e.OrderEnded: lambda b, names: _joined(b.program.upper(), _who(names, b.ordering_provider)),
    e.Consented: _consented,
    e.ConsentRevoked: _revoked,
    e.Enrolled: _enrolled,
    e.Disenrolled: lambda b, _: _joined(b.program.upper(), b.reason),
    e.DeviceAssigned: _device,
    e.DeviceReturned: lambda b, _: b.device,
    e.SetupCompleted: lambda b, names: _joined(
        b.device, f"taught by {_who(names, b.educated_by)}", (b.method or "").replace("_", " ")
    ),
    e.CareTeamNamed: lambda b, names: _joined(
        b.program.upper(), ", ".join(_who(names, m) for m in b.members) or "nobody"
    ),
    e.CaregiverAuthorized: lambda b, _: _joined(
        f"{b.relationship} ({b.caregiver})", b.authority, _dates(b)
    ),
    e.BilledElsewhere: lambda b, _: _joined(b.code, f"by {b.by}", _dates(b)),
    e.VisitBilled: lambda b, _: _joined(b.code, b.on),
    e.ConditionRecorded: lambda b, _: _joined(b.condition, _dates(b)),
    e.GlobalSurgeryRecorded: _surgery,
    e.AccessAligned: lambda b, _: _joined(", ".join(b.conditions), _dates(b)),
}
"""By kind; a stay needs the zone, and a death says nothing but its time."""
