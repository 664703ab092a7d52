"""A decision: what the contract's section 4 says of one patient's month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from caretally.billability.explain import codes_of
from caretally.billability.flags import flags_of
from caretally.billability.forecast import next_of
from caretally.billability.holds import NOT_LOADED, Hold, holds_of
from caretally.billability.judged_months import Counted, JudgedMonth
from caretally.billability.lines import Line, lines_of
from caretally.clock import date_of
from caretally.patient_months.columns import REASONS

CONTRACT = 1


@dataclass(frozen=True)
class Decision:
    """The decision on one patient's month; its parts are worked out when they are read."""

    month: JudgedMonth

    @property
    def patient(self) -> str:
        """The patient's id."""
        return self.month.patient

    @cached_property
    def lines(self) -> Sequence[Line]:
        """What may be billed and nothing else, by date of service and code."""
        return lines_of(self.month.judged)

    @cached_property
    def sister_lines(self) -> Sequence[Line]:
        """What the seconds of sister programs would support; advisory."""
        return lines_of(self.month.judged, advisory=True)

    @cached_property
    def holds(self) -> Sequence[Hold]:
        """What is missing on record and stops lines."""
        return holds_of(self.month.judged) if self.month.is_loaded else (NOT_LOADED,)

    @cached_property
    def flags(self) -> Sequence[str]:
        """What a reviewer should look at."""
        return flags_of(self.month)

    def totals_json(self) -> dict[str, int]:
        """Return the two clocks and the totals kept apart, in seconds."""
        facts = self.month.decided
        return {
            "management_seconds": facts.management_seconds,
            "live_seconds": facts.live_seconds,
            "ai_seconds": facts.ai_seconds,
            "chat_seconds": facts.chat_seconds,
            "review_seconds": facts.review_seconds,
            "qualifying_contacts": facts.qualifying_contacts,
        }

    def periods_json(self) -> list[dict[str, object]]:
        """Return the decided program's device periods that end in the month."""
        program = self.month.decided.program
        return [
            {
                "from": date_of(slot.from_day).isoformat(),
                "to": date_of(slot.to_day).isoformat(),
                "data_days": slot.data_days,
            }
            for slot in sorted(self.month.slots, key=lambda each: each.to_day)
            if slot.period and slot.program == program
        ]

    def to_json(self) -> dict[str, object]:
        """Return the decision as the contract writes it."""
        month = self.month
        return {
            "contract": CONTRACT,
            "patient": month.patient,
            "month": str(month.month),
            "time_zone": month.time_zone,
            "payer": month.payer,
            "policy": month.policy,
            "totals": self.totals_json(),
            "periods": self.periods_json(),
            "lines": [line.to_json() for line in self.lines],
            "sister_lines": [line.to_json() for line in self.sister_lines],
            "codes": codes_of(month),
            "entries": [entry_json(each) for each in month.entries],
            "next": next_of(month),
            "holds": [hold.to_json() for hold in self.holds],
            "flags": list(self.flags),
            "rulebook": month.rulebook.digest,
        }


def reasons_of(bits: int) -> list[str]:
    """Return the reasons behind their bits."""
    return [name for bit, name in enumerate(REASONS) if bits >> bit & 1]


def entry_json(counted: Counted) -> dict[str, object]:
    """Return what one entry came to, as the contract writes it."""
    return {
        "id": counted.id,
        "counted_seconds": counted.counted_seconds,
        "live_seconds": counted.live_seconds,
        "reasons": reasons_of(counted.reasons),
    }
