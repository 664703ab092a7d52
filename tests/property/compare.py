"""Holds a decision of the product against the oracle's, key by key.

Refuses to judge who is right: a difference is a text that names patient, key and both values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from caretally.billability.decide import decide
from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry
from tests.property.hostile import hostile_entries
from tests.property.oracle import POLICIES, oracle_decide

SAME_KEYS = (
    "patient", "month", "time_zone", "payer", "policy", "totals", "periods", "lines",
    "sister_lines", "entries", "flags",
)  # fmt: skip
HOLDS = {
    "is_enrolled", "has_consent", "is_ordered", "has_diagnosis", "is_covered", "is_established",
    "is_authorized", "has_device_data", "is_not_billed_elsewhere", "is_in_one_monitoring_program",
    "is_not_access_aligned", "is_outside_global_surgery", "is_outside_g0511",
}  # fmt: skip


def judged_slots(decision: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """What the product says of each code on each date of service it was judged for."""
    month_end = last_day(decision["month"])
    for code, said in decision["codes"].items():
        if "periods" in said:
            for period in said["periods"]:
                yield f"{code}|{period['to']}", period
        elif said["criteria"] and said["criteria"][0]["name"] != "is_in_force":
            yield f"{code}|{month_end}", said


def last_day(month: str) -> str:
    """The last date of a month."""
    return ServiceMonth.parse(month).last_day.isoformat()


def shared(decision: dict[str, Any]) -> dict[str, Any]:
    """The product's decision in the oracle's shape."""
    advisory = {line["code"] for line in decision["sister_lines"]}
    found = {key: decision[key] for key in SAME_KEYS}
    found["entries"] = [plain(row) for row in decision["entries"]]
    found["holds"] = sorted({hold["name"] for hold in decision["holds"]})
    found["hold_slots"] = {}
    found["at_risk"] = {}
    for slot, said in judged_slots(decision):
        unmet = {c["name"] for c in said["criteria"] if c["status"] == "unmet"}
        if unmet & HOLDS and slot[:5] not in advisory:
            found["hold_slots"][slot] = sorted(unmet & HOLDS)
        if said["at_risk"] and slot[:5] not in advisory:
            found["at_risk"][slot] = said["at_risk"]
    return found


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """An entry's row with sorted reasons; what was set aside needs no other reason."""
    reasons = sorted(row["reasons"])
    for aside in ("voided", "superseded", "duplicate"):
        if aside in reasons:
            reasons = [aside]
    return row | {"reasons": reasons}


def differences(
    entries: Sequence[Entry],
    month: ServiceMonth,
    policy: str | None = None,
    as_of: datetime | None = None,
) -> list[str]:
    """Every key in which the product and the oracle differ."""
    said = [each.to_json() for each in decide(entries, month, policy=policy, as_of=as_of)]
    meant = oracle_decide(entries, month, policy, as_of)
    if [each["patient"] for each in said] != [each["patient"] for each in meant]:
        return [f"patients: {said} instead of {meant}"]
    found = []
    for product, oracle in zip(said, meant, strict=True):
        ours = shared(product)
        oracle["entries"] = [plain(row) for row in oracle["entries"]]
        is_loaded = oracle["holds"] != ["rules_are_loaded"]
        for key, value in oracle.items():
            if ours[key] != value and (is_loaded or key != "flags"):
                found.append(told(oracle["patient"], key, ours[key], value))
    return found


def told(patient: str, key: str, product: Any, oracle: Any) -> str:
    """A difference in words; of lists only what the other does not hold."""
    if isinstance(product, list) and isinstance(oracle, list):
        more = [each for each in product if each not in oracle]
        less = [each for each in oracle if each not in product]
        return f"{patient} {key}: product alone {more}, oracle alone {less}"
    if isinstance(product, dict) and isinstance(oracle, dict):
        keys = sorted(set(product) | set(oracle))
        unlike = [k for k in keys if product.get(k) != oracle.get(k)]
        both = [f"{k} {product.get(k)} / {oracle.get(k)}" for k in unlike]
        return f"{patient} {key}: product / oracle {both}"
    return f"{patient} {key}: product {product}, oracle {oracle}"


def variant_of(seed: int, entries: Sequence[Entry]) -> tuple[str | None, datetime | None]:
    """Some seeds are decided under another policy, some at an earlier time of knowing."""
    policy = POLICIES[seed % 3] if seed % 5 == 1 else None
    if seed % 7 != 2:
        return policy, None
    recorded = sorted(entry.recorded_at for entry in entries)
    return policy, recorded[len(recorded) * (seed % 11) // 11]


def differences_of_seed(seed: int, patients: int = 4) -> list[str]:
    """The differences of one hostile population."""
    entries, month = hostile_entries(seed, patients)
    policy, as_of = variant_of(seed, entries)
    return [
        f"seed {seed} {month} {policy or 'default'} {as_of or 'now'}: {text}"
        for text in differences(entries, month, policy, as_of)
    ]


def differences_of_seeds(seeds: Iterable[int], patients: int = 4) -> list[str]:
    """The differences of many hostile populations."""
    return [text for seed in seeds for text in differences_of_seed(seed, patients)]
