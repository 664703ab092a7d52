"""House measure of claims: what was asked for and the record does not bear out now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from caretally.audit.findings import Case, Figure, Finding, listed, plural
from caretally.audit.rows import Audited, MonthRow


def claims_beyond_record(audited: Audited) -> Finding:
    """Claims that stand ask for more than the record bears out now.

    How: units of monitoring codes on claims of the month that were sent and stand (not rejected,
      denied, reversed, voided or replaced), less the units that may be billed now; such as after an
      entry was withdrawn.
    Published: no figure; a settlement names known overpayments that were kept.
    Sources: FCAI, HLAFCA.
    Alarm: any.
    Confidence: M.
    """
    claimed = [row for row in audited.patients if row.claimed]
    found = [(row, more) for row in claimed if (more := beyond(row))]
    cases, count = listed(
        Case(f"claimed and not borne out: {', '.join(more)}", row.patient) for row, more in found
    )
    return Finding(
        figure=Figure(len(found), len(claimed)),
        says=f"{plural(len(found), 'patient')} of those with a claim that stands",
        rings=bool(found), cases=cases, count=count,
    )  # fmt: skip


def beyond(row: MonthRow) -> list[str]:
    """Return the codes with more units claimed than may be billed, in words."""
    may = units_of((line.code, line.units) for line in row.lines)
    asked = units_of(row.claimed)
    return [
        f"{units - may[code]} of {code}" for code, units in sorted(asked.items())
        if units > may[code]
    ]  # fmt: skip


def units_of(lines: Iterable[tuple[str, int]]) -> Counter[str]:
    """Return units by code."""
    found: Counter[str] = Counter()
    for code, units in lines:
        found[code] += units
    return found


CLAIM_MEASURES = (claims_beyond_record,)
