"""From a folded and judged part to the columns of the output tables; nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from caretally.billability.column_judging import CodeColumns
from caretally.codes import POLICIES, READINGS
from caretally.exchange.extras import np
from caretally.exchange.tables.parquet import Array
from caretally.patient_months.columns import FACTS, Folded, Part
from caretally.patient_months.tables_to_fold import firsts_of

TOTALS = (
    "management_seconds", "live_seconds", "ai_seconds", "chat_seconds", "review_seconds",
    "qualifying_contacts",
)  # fmt: skip
Columns = dict[str, Any]


class DecidedPart(NamedTuple):
    """A part after fold and judging.

    facts: by fact, then slot. judged: code by code. codes: what codes are numbered by. span_rows:
    rows of the spans in their table; None for all.
    """

    part: Part
    folded: Folded
    facts: Sequence[Array]
    judged: Sequence[CodeColumns]
    codes: Sequence[str]
    span_rows: Array | None = None

    def fact(self, name: str) -> Array:
        """Return the column of a fact."""
        return self.facts[FACTS.index(name)]


def entry_columns(decided: DecidedPart) -> tuple[Columns, Array, Array]:
    """Return what spans and readings of the month came to, and which rows of each those are."""
    part, out = decided.part, decided.folded
    begins, ends = month_edges(part)
    owner = part.spans.patient
    begin, end = begins[out.zone][owner], ends[out.zone][owner]
    start, stop = part.spans.start, part.spans.end
    spans = np.flatnonzero(((begin <= start) & (start < end)) | ((start < begin) & (stop > begin)))
    counts = np.diff(part.readings.first)
    begin, end = np.repeat(begins[out.zone], counts), np.repeat(ends[out.zone], counts)
    at = part.readings.at
    readings = np.flatnonzero((np.asarray(out.reading_reasons) > 0) & (begin <= at) & (at < end))
    reading_owner = np.repeat(np.arange(part.patients), counts)[readings]
    nothing: Array = np.zeros(len(readings), dtype=np.int32)
    columns = {
        "patient": np.concatenate((np.asarray(owner)[spans], reading_owner)),
        "counted_seconds": np.concatenate((np.asarray(out.counted)[spans], nothing)),
        "live_seconds": np.concatenate((np.asarray(out.live)[spans], nothing)),
        "reasons": np.concatenate(
            (np.asarray(out.reasons)[spans], np.asarray(out.reading_reasons)[readings])
        ),
    }
    return columns, spans if decided.span_rows is None else decided.span_rows[spans], readings


def month_edges(part: Part) -> tuple[Array, Array]:
    """Return the seconds at which the month begins and ends, by zone."""
    calendar = part.calendar
    first = calendar.month_first - calendar.first_day
    after = calendar.month_last + 1 - calendar.first_day
    grid = np.asarray(calendar.midnights)
    return grid[:, first], grid[:, after]


def line_columns(decided: DecidedPart) -> Columns:
    """Return the lines that stand, by patient, date of service and code."""
    empty: Array = np.empty(0, dtype=np.int64)
    found: list[tuple[Array, ...]] = [(empty,) * 5]
    for each in decided.judged:
        stands = np.flatnonzero(each.units)
        count = len(stands)
        risk: Array = np.zeros(count, dtype=np.int64)
        for reading, units in each.units_under.items():
            risk |= (units[stands] < each.units[stands]) * (1 << READINGS.index(reading))
        code = np.full(count, decided.codes.index(each.code))
        sister = np.full(count, int(each.plans.sheet.advisory))
        found.append((each.rows[stands], code, each.units[stands], risk, sister))
    slot, code, units, risk, sister = map(np.concatenate, zip(*found, strict=True))
    patient, day = decided.fact("patient")[slot], decided.fact("to_day")[slot]
    order = np.lexsort((code, day, patient))
    columns = {
        "patient": patient, "slot": slot, "code": code, "units": units, "date_of_service": day,
        "at_risk": risk, "sister": sister,
    }  # fmt: skip
    return {name: column[order] for name, column in columns.items()}


def code_columns(decided: DecidedPart) -> Columns:
    """Return what every code came to on every slot it was judged on, code by code."""
    empty: Array = np.empty(0, dtype=np.int64)
    found: list[tuple[Array, ...]] = [(empty, empty, empty, empty.astype(np.uint64), empty)]
    for each in decided.judged:
        count = len(each.rows)
        code = np.full(count, decided.codes.index(each.code))
        restricted = np.zeros(count, np.int8) if each.restricted is None else each.restricted
        found.append((each.rows, code, each.units, each.met, restricted))
    names = ("slot", "code", "units", "criteria", "restricted")
    return dict(zip(names, map(np.concatenate, zip(*found, strict=True)), strict=True))


def decision_columns(
    decided: DecidedPart, policy_of: Callable[[int], str], counts: Mapping[str, Array]
) -> Columns:
    """Return one row a patient; `counts` are patients' rows in the other tables, by table."""
    slots = np.bincount(decided.fact("patient"), minlength=decided.part.patients)
    own = firsts_of(slots)[:-1]
    payer = decided.fact("payer")[own]
    policies = {int(p): POLICIES.index(policy_of(int(p))) for p in np.unique(payer)}
    return {
        "program": decided.fact("program")[own],
        "zone": decided.fact("zone")[own],
        "payer": payer,
        "policy": np.array([policies[p] for p in payer.tolist()], dtype=np.int8),
        **{name: decided.fact(name)[own] for name in TOTALS},
        "slots": slots,
        **{
            name: np.bincount(owners, minlength=decided.part.patients)
            for name, owners in counts.items()
        },
    }
