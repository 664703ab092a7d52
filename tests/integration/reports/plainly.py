"""The figures of reports counted once more, the plainest way: from exported entries, one by one.

Nothing here uses the program's queries, units or resolving; what reports say must agree.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

NURSES = {"rn", "lpn", "ma", "pharmacist", "dietitian", "therapist", "health_educator"}
GRAMS = {"kg": Decimal(1), "[lb_av]": Decimal("0.45359237"), "g": Decimal("0.001")}


def at(text: str) -> datetime:
    """Return an instant."""
    return datetime.fromisoformat(text)


def in_force(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    """Return the entries that nobody replaced or voided."""
    entries = [json.loads(line, parse_float=Decimal) for line in lines]
    gone = {each["supersedes"] for each in entries if each.get("supersedes")}
    gone |= {each["body"]["entry"] for each in entries if each["kind"] == "entry_voided"}
    return [each for each in entries if each["id"] not in gone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Entries in force, a month, the practice's zone, and the present."""

    entries: list[dict[str, Any]]
    month: tuple[int, int]
    zone: str
    now: datetime

    @property
    def edges(self) -> tuple[datetime, datetime]:
        """Return the first instant of the month and the first after it."""
        year, month = self.month
        zone = ZoneInfo(self.zone)
        after = (year + month // 12, month % 12 + 1)
        return (
            datetime(year, month, 1, tzinfo=zone).astimezone(UTC),
            datetime(*after, 1, tzinfo=zone).astimezone(UTC),
        )

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the entries of a kind."""
        return [each for each in self.entries if each["kind"] == kind]

    def in_month(self, kind: str) -> list[dict[str, Any]]:
        """Return the entries of a kind in the month."""
        first, last = self.edges
        return [each for each in self.of(kind) if first <= at(each["at"]) < last]

    # --- measured time

    def measured(self) -> dict[str, int]:
        """Return the seconds of each person in the month: seconds on a list, each once."""
        first, last = (int(each.timestamp()) for each in self.edges)
        seconds: dict[str, set[int]] = defaultdict(set)
        for entry in self.of("contact_held") + self.of("time_logged"):
            body = entry["body"]
            begins, ends = (int(at(body[name]).timestamp()) for name in ("start", "end"))
            if not begins < ends <= begins + 86_400:
                continue
            for person in body.get("performers", [body.get("performer")]):
                seconds[person].update(range(max(begins, first), min(ends, last)))
        return {person: len(found) for person, found in seconds.items() if found}

    def nurses(self) -> set[str]:
        """Return the staff ids of nurses."""
        return {
            each["body"]["staff"] for each in self.of("staff_registered")
            if each["body"]["role"] in NURSES
        }  # fmt: skip

    # --- readings

    def readings(self, patient: str, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
        """Return a patient's device readings of a stretch, those sent again once."""
        found = [
            each for each in self.of("reading_recorded")
            if each["patient"] == patient and begins <= at(each["at"]) < ends
            and each["body"]["origin"] == "device"
        ]  # fmt: skip
        named: dict[Any, dict[str, Any]] = {}
        for each in sorted(found, key=lambda e: (at(e["recorded_at"]), e["id"])):
            body = each["body"]
            key = (body["device"], body.get("vendor_reading_id") or each["id"])
            named[key] = each
        once = {}
        for each in named.values():
            body = each["body"]
            values = [(p["metric"], p["value"], p["unit"]) for p in body.get("components", ())]
            values.append((body["metric"], body.get("value"), body.get("unit")))
            once[body["device"], each["at"], str(values)] = each
        return list(once.values())

    def values(self, readings: list[dict[str, Any]], metric: str) -> list[tuple[Any, Decimal]]:
        """Return day and number of all values of a metric; weights in kilograms."""
        found = []
        for each in readings:
            body = each["body"]
            parts = [*body.get("components", ())]
            if body.get("value") is not None:
                parts.append(body)
            for part in parts:
                if part["metric"] == metric:
                    value = Decimal(part["value"]) * GRAMS.get(part["unit"], Decimal(1))
                    found.append((at(each["at"]).date(), value))
        return found

    def ending(self) -> datetime:
        """Return the end of the last 30 days."""
        present = self.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return min(self.edges[1], present)

    def enrolled_at(self, patient: str) -> datetime | None:
        """Return when a patient was first enrolled."""
        found = [at(e["at"]) for e in self.of("enrolled") if e["patient"] == patient]
        return min(found, default=None)

    def has_heart_failure(self, patient: str) -> bool:
        """Tell whether a patient was enrolled with heart failure."""
        codes = [
            code for each in self.of("enrolled") if each["patient"] == patient
            for code in each["body"]["diagnoses"]
        ]  # fmt: skip
        return any(code.startswith(("I50", "I11.0", "I13.0", "I13.2")) for code in codes)

    def pressures(self, patients: Iterable[str]) -> dict[str, tuple[Decimal, Decimal]]:
        """Return the average pressures of those with enough readings."""
        end = self.ending()
        found = {}
        for patient in patients:
            readings = self.readings(patient, end - timedelta(days=30), end)
            both = [self.values(readings, metric) for metric in ("8480-6", "8462-4")]
            if all(len(v) >= 3 and len({day for day, _ in v}) >= 2 for v in both):
                upper, lower = (sum((n for _, n in v), Decimal(0)) / len(v) for v in both)
                found[patient] = (upper, lower)
        return found

    def first_systolic(self, patient: str) -> Decimal | None:
        """Return the average systolic pressure of the first 30 days, where they are long over."""
        begun, end = self.enrolled_at(patient), self.ending()
        if begun is None or begun + timedelta(days=30) > end - timedelta(days=30):
            return None
        readings = self.readings(patient, begun, begun + timedelta(days=30))
        both = [self.values(readings, metric) for metric in ("8480-6", "8462-4")]
        if any(len(v) < 3 for v in both):
            return None
        return sum((n for _, n in both[0]), Decimal(0)) / len(both[0])
