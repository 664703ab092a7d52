"""The contract's words as sentences a billing officer reads: reasons, holds, flags, readings.

Words only; what a criterion says stands with the criterion. Every word of the contract has its
sentence here, which `tests/docs` holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from caretally.billability.criteria import CRITERIA
from caretally.billability.flags import MONTH_FLAGS
from caretally.billability.sentences import BLANK, minutes
from caretally.billability.sheet_records import Rulebook

REASON_WORDS: Mapping[str, str] = {
    "is_enrolled": "not enrolled in the program then",
    "has_consent": "no consent in force then",
    "is_alive": "after the patient's death",
    "not_counted_performer": "the performer's role does not count",
    "is_registered_performer": "the performer is not registered",
    "implausible_span": "longer than 8 hours, or ends before it starts",
    "staff_overlap": "the staff member was with another patient",
    "patient_overlap": "another entry has these seconds",
    "other_program": "another program has these seconds",
    "split_at_month": "crosses the month's edge; only this month's part counts",
    "superseded": "replaced by a later entry",
    "voided": "voided",
    "not_a_contact": "no live two-way clinical conversation",
    "has_caregiver_authority": "the caregiver was not authorized then",
    "not_counted_category": "this kind of time does not count",
    "ai_time": "AI time is kept apart",
    "chat_time": "chat time is kept apart",
    "part_of_visit": "part of a visit that is billed",
    "excluded_leg": "parts without conversation are left out",
    "duplicate": "sent twice",
    "not_assigned": "the device was not assigned to the patient then",
    "not_medical_device": "no medical device as the FDA defines it",
    "origin_manual": "typed by hand, not sent by a device",
    "origin_derived": "calculated, not measured",
    "origin_unknown": "where it comes from is unknown",
    "no_value": "without a value",
}
"""Why an entry counts less than it lasted; in the order of the fold's reasons."""

HOLD_REMEDIES: Mapping[str, str] = {
    "is_enrolled": "Record `enrolled` with the day on which the program began.",
    "has_consent": "Record `consented` as it was given, with its true instant; if there was none,"
    " ask for it now: earlier services stay unbillable.",
    "is_ordered": "Record `ordered` with the practitioner who ordered it; an order dated after"
    " the date of service does not help.",
    "has_diagnosis": "Record `enrolled` again, with the diagnoses that are monitored.",
    "is_covered": "Record `covered` with the payer in force on the date of service.",
    "is_authorized": "Ask the payer for prior authorization and record it as `authorized`.",
    "is_established": "Record `enrolled` again with `established_on`, the last visit before"
    " monitoring began; a patient never seen must be seen first.",
    "has_device_data": "See that the device sends, and that `device_assigned` covers the days"
    " on which it did.",
    "is_not_billed_elsewhere": "Find out with the other practice who bills; void the"
    " `billed_elsewhere` entry if it was wrong.",
    "is_in_one_monitoring_program": "Decide for one program and record `disenrolled` for the"
    " other; both cannot be billed for this time.",
    "is_not_access_aligned": "Bill other conditions only, or let the ACCESS model pay; correct"
    " `access_aligned` if it is wrong.",
    "is_outside_global_surgery": "Wait until the surgical period is over, or correct"
    " `global_surgery_recorded` if the care is unrelated.",
    "is_outside_g0511": "Bill these months' monitoring inside G0511.",
    "has_payer_diagnosis": "Check the diagnoses on the enrollment; the payer covers no others.",
    "rules_are_loaded": "Install a release of Caretally whose rulebook covers this month.",
}
"""What a person can do about a hold."""

READING_WORDS: Mapping[str, str] = {
    "cms_combined": "if live and other management time count together",
    "interactive_only": "if only live conversation counts as time",
    "cms_combined_min_live": "if at least 5 minutes must be live conversation",
    "setup_16_days": "if set-up needs 16 days with data in 2026 as before",
}
"""What each reading of a contested rule means, as the condition under which a line falls."""

POLICY_WORDS: Mapping[str, str] = {
    "cms_combined": "live and other management time count together",
    "interactive_only": "only live conversation counts as time",
    "cms_combined_min_live": "live and management time together, at least 5 minutes of it live",
}
"""What each counting policy counts."""

FACT_WORDS: Mapping[str, str] = {
    "enrolled": "an enrollment", "consented": "consent", "ordered": "an order",
    "diagnoses": "a diagnosis", "covered": "a payer in force", "authorized": "an authorization",
    "established_on": "a visit before monitoring began",
    "qualifying_contacts": "live two-way clinical contact",
    "management_seconds": "management time", "live_seconds": "live conversation",
    "review_seconds": "practitioner's time marked 99091", "staff_seconds": "clinical staff time",
    "practitioner_seconds": "the practitioner's own time", "data_days": "days with device data",
    "setups": "a recorded set-up",
}  # fmt: skip
"""What each fact that can be missing is called."""

WARNING_WORDS: Mapping[str, str] = {
    "g0511_possible": "The practice is a health center or rural clinic: it could bill its bundle"
    " G0511 instead, never both.",
}
"""What the flag of a criterion that only warns means where it is raised."""

MODE_WORDS: Mapping[str, str] = {
    "telephone": "telephone", "video": "video", "in_person": "in person", "chat": "chat",
    "ai_telephone": "AI call", "sms": "text message", "email": "e-mail", "letter": "letter",
}  # fmt: skip
"""What each way of contact is called."""


BARE_SENTENCES = re.compile(
    "|".join(
        ".+".join(map(re.escape, BLANK.sub("\0", (criterion.__doc__ or "").strip()).split("\0")))
        for criterion in CRITERIA.values()
        if "{observed" not in (criterion.__doc__ or "")
    )
)
"""Sentences that do not say what was observed, and read as if they held even where they do not."""


def reason_words(reasons: list[str]) -> str:
    """Return the reasons of an entry in words."""
    return "; ".join(REASON_WORDS.get(reason, reason) for reason in reasons)


def denied(says: str) -> str:
    """Return the sentence of an unmet criterion; one that names no amounts is said not to be so."""
    return f"Not so: {says}" if BARE_SENTENCES.fullmatch(says) else says


def missing_words(missing: Mapping[str, object]) -> str:
    """Return what is missing in words: 8 min 20 s of management time and 1 live contact."""
    *first, last = (_amount(fact, amount) for fact, amount in missing.items())
    return f"{', '.join(first)} and {last}" if first else last


def _amount(fact: str, amount: object) -> str:
    words = FACT_WORDS.get(fact, fact)
    if fact.endswith("_seconds") and isinstance(amount, int):
        return f"{minutes(amount)} of {words}"
    if fact in {"data_days", "qualifying_contacts"}:
        return f"{amount} more {words.replace('days', 'day') if amount == 1 else words}"
    return words


def clock(seconds: int) -> str:
    """Return seconds as m:ss, as tables show them."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def dollars(amount: object) -> str:
    """Return an amount with its sign, or a dash where there is none."""
    return "–" if amount is None else f"${Decimal(str(amount)):,}"


def flag_words(rulebook: Rulebook) -> dict[str, str]:
    """Return every flag a decision may carry with its sentence."""
    said = {flag.__name__: _first_line(flag.__doc__) for flag in MONTH_FLAGS}
    for sheet in rulebook.sheets.values():
        for version in sheet.requires:
            for requirement in version.requirements:
                if requirement.flag:
                    said[requirement.flag] = WARNING_WORDS.get(
                        requirement.flag, _first_line(CRITERIA[requirement.name].__doc__)
                    )
    for payer in rulebook.payers.values():
        said.update({each.flag: f"{each.says}." for each in payer.restrictions if each.flag})
    return said


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]
