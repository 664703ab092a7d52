"""Setting a patient's own thresholds; it is a practitioner's to do."""

from __future__ import annotations

from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, ThresholdSet
from caretally.journal.register import Register
from caretally.triage.vitals import BY_CODE

PRACTITIONERS = frozenset({"physician", "np", "pa", "cns", "cnm"})


def set_threshold(register: Register, filing: Filing, body: ThresholdSet) -> tuple[Entry, ...]:
    """Write down between which values a patient's vital sign calls for nobody.

    Raises:
        InputError: no such vital sign or unit, bounds the wrong way round, or no practitioner.
    """
    draft = Draft.of(filing, body)
    vital = BY_CODE.get(body.metric)
    if vital is None:
        draft.refuse(
            "body.metric", found=repr(body.metric), expected=f"one of {', '.join(sorted(BY_CODE))}"
        )
    elif body.unit not in vital.units:
        expected = f"one of {', '.join(vital.units)}"
        draft.refuse("body.unit", found=repr(body.unit), expected=expected)
    if body.low is not None and body.high is not None and body.low >= body.high:
        draft.refuse(
            "body.high", found="a bound not above the low one", expected="more than the low bound"
        )
    day = register.day_of(draft.entry.patient or "", draft.at)
    if not register.roles_on(body.set_by, day) & PRACTITIONERS:
        draft.refuse(
            "body.set_by",
            found=f"{body.set_by!r}, no practitioner registered on {day}",
            expected="a physician, NP, PA, CNS or CNM of the practice",
        )
    return draft.filed()
