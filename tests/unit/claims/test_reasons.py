"""Readings of reasons: the special beat the general; mistakes are refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from caretally.claims.reasons import EDITS, NAMES, Told, load_reasons
from caretally.errors import RulebookError

ONE = """reviewed_on: 2026-11-22
reasons:
  - carc: "50"
    says: "No medical need seen."
    criteria: [has_diagnosis]
    evidence: [diagnosis]
    action: appealed
    confidence: low
    cites: [unverified]
"""


def test_what_was_found_in_the_rulebook_is_there() -> None:
    reasons = load_reasons()
    named = {
        "50": "has_diagnosis", "97": "is_not_bundled", "18": "is_not_billed_elsewhere",
        "22": "is_covered", "24": "is_covered", "197": "is_authorized", "B16": "is_established",
        "151": "reaches_data_days",
    }  # fmt: skip
    for carc, name in named.items():
        found = reasons.of(Told(carc=carc, group="CO"))
        assert found is not None
        assert name in found.criteria, carc
    assert {each.check for each in reasons.readings} >= {
        "authorization_number", "diagnosis_prefix", "hold_code", "order_days_before",
    }  # fmt: skip
    assert all(each.cites and each.evidence for each in reasons.readings)
    assert {name for each in reasons.readings for name in each.criteria} <= NAMES
    assert {name for each in reasons.readings for name in each.edits} <= set(EDITS)


def test_remarks_and_payers_are_more_special() -> None:
    reasons = load_reasons()
    plain, ordering = (reasons.of(Told(carc="16", group="CO", remarks=remarks))
                       for remarks in ((), ("N265",)))  # fmt: skip
    assert plain is not None
    assert ordering is not None
    assert (plain.criteria, ordering.criteria) == ((), ("is_ordered",))
    assert "has_consent" not in ordering.criteria
    own = reasons.of(Told(carc="50", group="CO", payer="unitedhealthcare"))
    assert own is not None
    assert own.payer == "unitedhealthcare"


@pytest.mark.parametrize(
    ("group", "remarks", "action"),
    [
        ("CO", (), "billed_patient"),
        ("CO", ("N130",), "appealed"),
        ("PR", ("N130",), "billed_patient"),
    ],
)
def test_what_the_patient_owes_is_not_appealed(
    group: str, remarks: tuple[str, ...], action: str
) -> None:
    found = load_reasons().of(Told(carc="96", group=group, remarks=remarks))
    assert found is not None
    assert found.action == action


def test_an_unknown_code_is_unknown() -> None:
    assert load_reasons().of(Told(carc="999", group="CO")) is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("has_diagnosis", "has_diagnoses", "unknown word 'has_diagnoses'"),
        ("[unverified]", "[NOBODY]", "unknown source 'NOBODY'"),
        ("    cites: [unverified]\n", "", "a list of words"),
        ("appealed", "complain", "one of corrected_claim"),
        ("[diagnosis]", "[]", "at least one thing to look at"),
        ("    says:", "    sais:", "a key that nothing reads"),
        ("low", "certain", "one of high, medium, low"),
        ("evidence: [diagnosis]", "evidence: [diagnosis]\n    check: pray", "one of"),
    ],
)
def test_mistakes_are_refused_by_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    (tmp_path / "all.yaml").write_text(ONE)
    assert len(load_reasons(tmp_path).readings) == 1
    (tmp_path / "all.yaml").write_text(ONE.replace(old, new))
    with pytest.raises(RulebookError) as refusal:
        load_reasons(tmp_path)
    assert says in str(refusal.value)
    assert "denials/all.yaml:" in str(refusal.value)


def test_two_readings_of_one_reason_are_refused(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(ONE)
    (tmp_path / "more.yaml").write_text(ONE)
    with pytest.raises(RulebookError, match="two readings"):
        load_reasons(tmp_path)
