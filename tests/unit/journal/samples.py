"""One full and one short sample of every kind, as they stand in a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from caretally.errors import InputError, Problem
from caretally.journal.entries import Entry
from caretally.journal.ndjson import entry_from_json

AT = "2026-03-04T10:00:00-06:00"
LATER = "2026-03-04T10:12:30-06:00"
DEVICE = {
    "device": "d1",
    "vendor": "tenovi",
    "model": "cuff",
    "serial": "SN-1",
    "medical_device": True,
    "parameters": ["8480-6", "8462-4"],
    "body_system": "respiratory",
}

SHA = f"sha256:{'0123456789abcdef' * 4}"
ANSWER = {
    "claim": "clm_1",
    "remittance": "rem_1",
    "status": "1",
    "payer_claim_number": "PC1",
    "charge": "80.00",
    "paid": "41.42",
    "patient_responsibility": "10.35",
    "adjustments": [{"group": "OA", "carc": "23", "amount": "0.00", "quantity": 1}],
    "remarks": ["MA01"],
    "lines": [
        {
            "line": "L1",
            "code": "99457",
            "units": 1,
            "date_of_service": "2026-03-31",
            "charge": "80.00",
            "allowed": "51.77",
            "paid": "41.42",
            "adjustments": [{"group": "CO", "carc": "45", "amount": "28.23", "quantity": 1}],
            "remarks": ["N362"],
        }
    ],
}

FULL: dict[str, dict[str, Any]] = {
    "practice_registered": {
        "practice": "pr1",
        "name": "Maple Street",
        "npi": "1234567893",
        "tin": "12-3456789",
        "taxonomy": "207Q00000X",
        "time_zone": "America/Chicago",
        "setting": "rhc",
        "part_of": "pr0",
    },
    "staff_registered": {
        "staff": "s1",
        "role": "rn",
        "npi": "1234567893",
        "from": "2025-01-01",
        "to": "2026-12-31",
        "supervised_by": "s2",
        "name": "Lin, Wei",
        "taxonomy": "207Q00000X",
    },
    "patient_registered": {
        "birth_date": "1950-02-28",
        "sex": "female",
        "name": "Ada",
        "time_zone": "America/Chicago",
        "language": "en",
        "street": "12 Maple Street",
        "city": "Chicago",
        "state": "IL",
        "postal_code": "606010012",
    },
    "enrolled": {
        "program": "rpm",
        "practice": "pr1",
        "billing_provider": "s2",
        "diagnoses": ["I10", "I50.9"],
        "time_zone": "America/Los_Angeles",
        "established_on": "2025-11-30",
        "episode": "first",
    },
    "disenrolled": {"program": "rpm", "reason": "moved away"},
    "consented": {
        "scope": "rpm",
        "method": "verbal",
        "given_by": "caregiver:c1",
        "text_version": "2026-01",
        "language": "es",
        "cost_share_told": True,
        "caregiver": "c1",
    },
    "consent_revoked": {
        "scope": "sms",
        "method": "written",
        "given_by": "patient",
        "caregiver": "c1",
    },
    "ordered": {"program": "rtm", "ordering_provider": "s2", "parameters": ["8480-6"]},
    "order_ended": {"program": "rtm", "ordering_provider": "s2", "parameters": ["8480-6"]},
    "covered": {
        "payer": "medicare_ffs",
        "member_id": "1EG4-TE5-MK73",
        "from": "2025-01-01",
        "to": "2025-01-01",
        "priority": 3,
        "relationship": "child",
        "subscriber_name": "Berg, Ole",
        "subscriber_birth_date": "1951-03-01",
        "subscriber_sex": "male",
        "group_number": "G-7",
    },
    "caregiver_authorized": {
        "caregiver": "c1",
        "relationship": "daughter",
        "from": "2025-01-01",
        "to": "2026-03-31",
        "authority": "named by the patient",
    },
    "device_assigned": {**DEVICE, "replaces": "d0"},
    "device_returned": DEVICE,
    "setup_completed": {"device": "d1", "educated_by": "s1", "method": "by video"},
    "reading_recorded": {
        "device": "d1",
        "metric": "85354-9",
        "value": Decimal("72.50"),
        "unit": "kg",
        "components": [
            {"metric": "8480-6", "value": 131, "unit": "mm[Hg]"},
            {"metric": "8462-4", "value": Decimal("84.0"), "unit": "mm[Hg]"},
        ],
        "measured_at": AT,
        "received_at": LATER,
        "origin": "device",
        "vendor_reading_id": "v-1",
        "context": "after waking",
    },
    "contact_held": {
        "program": "rpm",
        "mode": "telephone",
        "start": AT,
        "end": LATER,
        "performers": ["s1", "s2"],
        "spoke_with": "caregiver:c1",
        "two_way": True,
        "topics": ["symptoms", "general"],
        "summary": "slept badly",
        "part_of_visit": True,
        "excluded": [
            {"start": AT, "end": "2026-03-04T10:01:00-06:00", "why": "menu"},
            {"start": "2026-03-04T10:02:00-06:00", "end": LATER, "why": "hold"},
        ],
        "findings": [{"topic": "symptoms", "says": "no dizziness"}],
        "actions": ["evening tablet moved"],
        "escalated_to": "s2",
        "protocol": "hypertension 3",
    },
    "contact_attempted": {
        "program": "rpm",
        "mode": "letter",
        "outcome": "message_sent",
        "start": AT,
        "end": LATER,
        "performers": ["s1"],
    },
    "time_logged": {
        "program": "rpm",
        "category": "review",
        "start": AT,
        "end": LATER,
        "performer": "s1",
        "note": "looked at the trend",
        "intended_code": "99091",
        "attested_by": "s1",
    },
    "condition_recorded": {"condition": "covid19", "from": "2021-01-01", "to": "2021-02-01"},
    "stay_recorded": {"setting": "snf", "from": AT, "to": LATER},
    "global_surgery_recorded": {
        "from": "2026-01-01",
        "to": "2026-03-31",
        "related": False,
        "by_billing_provider": True,
    },
    "billed_elsewhere": {
        "code": "99454",
        "from": "2026-01-01",
        "to": "2026-01-30",
        "by": "another practice",
    },
    "visit_billed": {"code": "G0511", "date": "2026-03-04"},
    "authorized": {
        "payer": "aetna",
        "codes": ["99454", "99457"],
        "number": "A-1",
        "from": "2026-01-01",
        "to": "2026-12-31",
    },
    "access_aligned": {"conditions": ["I10", "E11"], "from": "2026-07-01", "to": "2027-06-30"},
    "died": {},
    "entry_voided": {"entry": "e0"},
    "care_team_named": {"program": "rpm", "members": ["s1", "s2"]},
    "provider_notified": {
        "program": "rpm",
        "provider": "s2",
        "why": "unreachable",
        "note": "five attempts",
    },
    "outreach_reviewed": {
        "program": "rpm",
        "reviewer": "s2",
        "outcome": "continue",
        "note": "moved for the winter",
    },
    "license_recorded": {
        "staff": "s1",
        "state": "IL",
        "number": "041-555",
        "from": "2024-01-01",
        "to": "2026-05-31",
        "profession": "registered nurse",
    },
    "policy_adopted": {
        "policy": "log_off_minutes",
        "value": "10",
        "owner": "s2",
        "from": "2026-01-01",
    },
    "amendment_requested": {"asked_by": "patient", "asks": "not my words", "entry": "e0"},
    "amendment_answered": {
        "request": "e0",
        "outcome": "denied",
        "answer": "the record is right",
        "answered_by": "s2",
    },
    "threshold_set": {
        "metric": "8480-6",
        "low": 95,
        "high": 150,
        "unit": "mm[Hg]",
        "set_by": "s2",
    },
    "device_registered": {
        "device": "d1",
        "practice": "prac",
        "vendor": "tenovi",
        "model": "BPM",
        "serial": "SN-1",
        "identifiers": [{"scheme": "tenovi:device", "value": "b1"}],
        "medical_device": True,
        "parameters": ["85354-9"],
        "body_system": "respiratory",
    },
    "device_status_recorded": {
        "device": "d1",
        "status": "shipped",
        "source": "tenovi",
        "order": "O-1",
        "tracking": "T-1",
    },
    "quarantine_settled": {
        "reading": "00ff",
        "decision": "released",
        "rule": "unit_swap",
        "device": "d1",
        "entry": "e0",
    },
    "medication_changed": {
        "medication": "lisinopril 10 mg",
        "change": "dose_raised",
        "detail": "from 5 mg",
        "changed_by": "s2",
    },
    "alert_rule_set": {
        "rule": "r1",
        "scope": "condition",
        "program": "rpm",
        "condition": "I50",
        "test": "rise",
        "metric": "29463-7",
        "low": 50,
        "high": 120,
        "rise": 2,
        "days": 1,
        "least_count": 3,
        "unit": "kg",
        "level": "urgent",
        "answer_minutes": 60,
        "active": True,
        "set_by": "s2",
    },
    "alert_raised": {
        "alert": "a1",
        "rule": "r1",
        "level": "urgent",
        "metric": "29463-7",
        "says": "weight rose",
        "readings": ["e0"],
        "signed_rule": "e0",
        "answer_by": LATER,
        "owner": "s1",
    },
    "alert_joined": {"alert": "a1", "says": "weight rose again", "readings": ["e0"]},
    "alert_assigned": {"alert": "a1", "owner": "s2", "by": "s1"},
    "alert_acknowledged": {"alert": "a1", "by": "s1"},
    "alert_escalated": {"alert": "a1", "step": 1, "told": ["s2"]},
    "alert_closed": {
        "alert": "a1",
        "outcome": "talked_with_patient",
        "by": "s1",
        "note": "no swelling",
        "contact": "e0",
    },
    "escalation_ladder_set": {
        "level": "urgent",
        "practice": "prac",
        "steps": [
            {"after_minutes": 0, "to": "on_call", "staff": "s1", "channels": ["page", "sms"]}
        ],
        "set_by": "s2",
    },
    "on_call_scheduled": {"staff": "s1", "from": AT, "to": LATER, "practice": "prac", "rank": 1},
    "decision_made": {
        "decision": "dec_1",
        "month": "2026-03",
        "payer": "medicare_ffs",
        "policy": "cms_combined",
        "time_zone": "America/Chicago",
        "rulebook": SHA,
        "facts": SHA,
        "entries": SHA,
        "entry_count": 12,
        "known_until": LATER,
        "lines": [
            {
                "code": "99457",
                "units": 1,
                "date_of_service": "2026-03-31",
                "at_risk": ["interactive_only"],
            }
        ],
        "holds": ["is_ordered"],
        "flags": ["low_live_time"],
        "management_seconds": 1290,
        "live_seconds": 540,
        "ai_seconds": 1,
        "chat_seconds": 2,
        "qualifying_contacts": 1,
        "replaces": "dec_0",
        "billing_provider": "s2",
    },
    "decision_signed": {
        "decision": "dec_1",
        "month": "2026-03",
        "signed_by": "s2",
        "way": "bulk",
        "logged_own_time": True,
        "statement": "2026-11",
        "withheld": [{"code": "99457", "date_of_service": "2026-03-31", "why": "not my patient"}],
    },
    "decision_returned": {
        "decision": "dec_1",
        "month": "2026-03",
        "returned_by": "s2",
        "why": "whose call was it?",
    },
    "decision_superseded": {
        "decision": "dec_1",
        "by": "dec_2",
        "month": "2026-03",
        "proposes": "replacement",
        "because": ["e9"],
    },
    "month_closed": {
        "month": "2026-03",
        "decisions": 8,
        "lines": 14,
        "held": 2,
        "rulebook": SHA,
        "facts": SHA,
        "entries": SHA,
        "known_until": LATER,
        "closed_by": "s3",
        "accepted": ["open_timers"],
    },
    "packet_issued": {
        "month": "2026-03",
        "decision": "dec_1",
        "packet": SHA,
        "entries": SHA,
        "to": "the contractor",
        "why": "records were asked for",
    },
    "fee_set": {
        "code": "99457",
        "charge": "80.00",
        "from": "2026-01-01",
        "payer": "commercial",
    },
    "billing_profile_set": {
        "practice": "pr1",
        "legal_name": "Maple Street Medical Group",
        "street": "1 Maple Street",
        "city": "Chicago",
        "state": "IL",
        "postal_code": "606010001",
        "contact": "Billing Office",
        "phone": "3125550100",
        "submitter_id": "MAPLE1",
        "receiver_name": "Clearing Example",
        "receiver_id": "CLEAR1",
        "place_of_service": "11",
        "locality_state": "IL",
        "locality": "16",
        "qualifying_apm": True,
    },
    "payer_profile_set": {
        "payer": "medicare_ffs",
        "name": "Medicare Part B",
        "payer_id": "06102",
        "filing_code": "MB",
        "date_policy": "thirtieth",
        "filing_days": 365,
        "appeal_days": 120,
    },
    "claim_prepared": {
        "claim": "clm_1",
        "control_number": "C1",
        "month": "2026-03",
        "frequency": "7",
        "replaces": "clm_0",
        "payer": "medicare_ffs",
        "decisions": ["dec_1"],
        "total": "80.00",
        "lines": [
            {
                "line": "L1",
                "code": "99457",
                "modifiers": ["25"],
                "units": 1,
                "date_of_service": "2026-03-31",
                "charge": "80.00",
                "expected": "51.77",
            }
        ],
        "content": "{}",
    },
    "claim_submitted": {"claim": "clm_1", "batch": "bat_1", "format": "837p", "file": SHA},
    "claim_acknowledged": {
        "claim": "clm_1",
        "source": "277ca",
        "outcome": "rejected",
        "codes": ["A3:21"],
        "payer_claim_number": "PC1",
        "file": SHA,
    },
    "claim_paid": ANSWER,
    "claim_denied": ANSWER,
    "remittance_received": {
        "remittance": "rem_1",
        "payer": "Medicare Part B",
        "trace": "T-1",
        "paid_on": "2026-05-01",
        "paid": "41.42",
        "method": "ACH",
        "claims": 1,
        "unmatched": 1,
        "provider_adjustments": [{"reason": "WO", "reference": "old", "amount": "-1.00"}],
        "file": SHA,
    },
    "denial_worked": {
        "claim": "clm_1",
        "line": "L1",
        "action": "appealed",
        "note": "the order was on file",
    },
    "claim_check_adopted": {
        "check": "order_before_service",
        "payer": "commercial",
        "active": False,
        "adopted_by": "s3",
        "because": ["clm_1"],
        "days": 2,
    },
}

REQUIRED: dict[str, set[str]] = {
    "practice_registered": {"practice", "name"},
    "staff_registered": {"staff", "role"},
    "patient_registered": set(),
    "enrolled": {"program", "diagnoses"},
    "disenrolled": {"program", "reason"},
    "consented": {"scope"},
    "consent_revoked": {"scope"},
    "ordered": {"program", "ordering_provider"},
    "order_ended": {"program", "ordering_provider"},
    "covered": {"payer", "from"},
    "caregiver_authorized": {"caregiver", "relationship", "from"},
    "device_assigned": {"device", "medical_device"},
    "device_returned": {"device"},
    "setup_completed": {"device", "educated_by"},
    "reading_recorded": {"device", "metric", "measured_at", "origin"},
    "contact_held": {
        "program",
        "mode",
        "start",
        "end",
        "performers",
        "spoke_with",
        "two_way",
        "topics",
    },
    "contact_attempted": {"program", "mode", "outcome", "performers"},
    "time_logged": {"program", "category", "start", "end", "performer"},
    "condition_recorded": {"condition", "from"},
    "stay_recorded": {"setting", "from"},
    "global_surgery_recorded": {"from", "to", "related", "by_billing_provider"},
    "billed_elsewhere": {"code", "from", "to", "by"},
    "visit_billed": {"code", "date"},
    "authorized": {"payer", "codes", "from"},
    "access_aligned": {"conditions", "from"},
    "died": set(),
    "entry_voided": {"entry"},
    "care_team_named": {"program", "members"},
    "provider_notified": {"program", "provider", "why"},
    "outreach_reviewed": {"program", "reviewer", "outcome"},
    "license_recorded": {"staff", "state", "from"},
    "policy_adopted": {"policy", "value", "owner", "from"},
    "amendment_requested": {"asked_by", "asks"},
    "amendment_answered": {"request", "outcome", "answer", "answered_by"},
    "threshold_set": {"metric", "unit", "set_by"},
    "device_registered": {"device", "medical_device"},
    "device_status_recorded": {"device", "status"},
    "quarantine_settled": {"reading", "decision", "rule"},
    "medication_changed": {"medication", "change"},
    "alert_rule_set": {"rule", "scope", "test", "level", "set_by"},
    "alert_raised": {"alert", "rule", "level", "says"},
    "alert_joined": {"alert", "says", "readings"},
    "alert_assigned": {"alert", "owner", "by"},
    "alert_acknowledged": {"alert", "by"},
    "alert_escalated": {"alert", "step", "told"},
    "alert_closed": {"alert", "outcome"},
    "escalation_ladder_set": {"level", "steps", "set_by"},
    "on_call_scheduled": {"staff", "from", "to"},
    "decision_made": {
        "decision",
        "month",
        "policy",
        "time_zone",
        "rulebook",
        "facts",
        "entries",
        "entry_count",
        "known_until",
    },
    "decision_signed": {"decision", "month", "signed_by", "statement"},
    "decision_returned": {"decision", "month", "returned_by", "why"},
    "decision_superseded": {"decision", "by", "month", "proposes"},
    "month_closed": {
        "month",
        "decisions",
        "lines",
        "held",
        "rulebook",
        "facts",
        "entries",
        "known_until",
        "closed_by",
    },
    "packet_issued": {"month", "packet", "entries", "to", "why"},
    "fee_set": {"code", "charge", "from"},
    "billing_profile_set": {
        "practice",
        "legal_name",
        "street",
        "city",
        "state",
        "postal_code",
        "contact",
        "phone",
        "submitter_id",
        "receiver_name",
        "receiver_id",
    },
    "payer_profile_set": {"payer", "name", "payer_id", "filing_code"},
    "claim_prepared": {
        "claim",
        "control_number",
        "month",
        "payer",
        "decisions",
        "total",
        "lines",
        "content",
    },
    "claim_submitted": {"claim", "batch", "format", "file"},
    "claim_acknowledged": {"claim", "source", "outcome", "file"},
    "claim_paid": {"claim", "remittance", "status", "charge", "paid"},
    "claim_denied": {"claim", "remittance", "status", "charge", "paid"},
    "remittance_received": {
        "remittance",
        "payer",
        "trace",
        "paid_on",
        "paid",
        "method",
        "claims",
        "unmatched",
        "file",
    },
    "denial_worked": {"claim", "action"},
    "claim_check_adopted": {"check", "adopted_by"},
}
"""The fields without a question mark in the contract, section 2."""

WITHOUT_PATIENT = {
    "practice_registered", "staff_registered", "license_recorded", "policy_adopted",
    "device_registered", "device_status_recorded", "escalation_ladder_set", "on_call_scheduled",
    "month_closed", "fee_set", "billing_profile_set", "payer_profile_set", "remittance_received",
    "claim_check_adopted",
}  # fmt: skip


def raw(kind: str, body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Return a valid entry with some envelope fields changed; None leaves a field out."""
    made: dict[str, Any] = {
        "id": "e1",
        "kind": kind,
        "patient": None if kind in WITHOUT_PATIENT else "p1",
        "at": AT,
        "actor": "staff:s1",
        "reason": "written down wrong" if kind == "entry_voided" else None,
        "body": FULL[kind] if body is None else body,
        **changes,
    }
    return {key: value for key, value in made.items() if value is not None}


def short(kind: str) -> dict[str, Any]:
    """Return a valid entry with required fields only."""
    return raw(kind, {key: FULL[kind][key] for key in REQUIRED[kind]})


def changed(kind: str, **changes: Any) -> dict[str, Any]:
    """Return an entry with some fields of the body changed; None leaves a field out."""
    body = {**FULL[kind], **{key.rstrip("_"): value for key, value in changes.items()}}
    return raw(kind, {key: value for key, value in body.items() if value is not None})


def plainly_covered() -> dict[str, Any]:
    """Return a coverage that states one default and nothing else that is optional."""
    kept = {*REQUIRED["covered"], "priority"}
    left_out = dict.fromkeys(FULL["covered"].keys() - kept)
    return changed("covered", **{**left_out, "priority": 1})


def line(entry: object) -> bytes:
    """Return an entry as a line of a file, its numbers with all their digits."""
    return msgspec.json.Encoder(decimal_format="number").encode(entry) + b"\n"


def accepted(entry: object) -> Entry:
    """Return the entry that is read."""
    return entry_from_json(entry)


def refused(entry: object) -> list[Problem]:
    """Return the problems of an entry that is refused."""
    try:
        entry_from_json(entry)
    except InputError as error:
        return list(error.problems)
    raise AssertionError("the entry was accepted")


def the_problem(entry: object) -> Problem:
    """Return the only problem of an entry."""
    problems = refused(entry)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]
