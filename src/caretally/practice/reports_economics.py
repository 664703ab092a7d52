"""What the program brings in and takes: by month, code, patient and measured hour.

Three amounts are kept apart and never mixed: the yardstick (Medicare's national amount for every
line, whoever pays), what is expected of the payer of a claim, and what a payer answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from caretally.clock import ServiceMonth
from caretally.practice.reports import (
    CENTS,
    Asked,
    Figure,
    Knob,
    Picture,
    Report,
    Series,
    Table,
    cents,
    count,
    divided,
    month_label,
    seconds,
    share,
    words,
)
from caretally.practice.reports_totals import (
    ClaimSum,
    LineSum,
    claim_lines,
    claim_sums,
    human_seconds,
    line_sums,
    measured_seconds,
    month_sums,
    nurse_seconds,
    patients_with_lines,
)
from caretally.practice.roles import SEE_MONEY

NAME, TITLE = "economics", "Program economics"
SAYS = "Units, charged, expected and paid: by month, code, patient and hour of measured time."
EMPTY = (
    "No line may be billed in these months and no claim was made. Lines appear as soon as "
    "readings, contacts and time reach what the codes ask for; claims are made from signed months."
)
DEVICE_COST, HOUR_COST = "device_cost", "hour_cost"
KNOBS = (
    Knob(name=DEVICE_COST, label="Devices", unit="USD a patient a month", default=None,
         least=Decimal(0), most=Decimal(1000), says="What devices and their network cost you."),
    Knob(name=HOUR_COST, label="Staff", unit="USD an hour", default=None,
         least=Decimal(0), most=Decimal(1000), says="What an hour of measured staff time costs."),
)  # fmt: skip
HOUR = 3600
NOTES = (
    (
        "Yardstick: Medicare's national non-facility amount of the date of service for every line "
        "of the month, whoever pays. It compares months and codes; it is not what you will be paid."
    ),
    (
        "Expected: what the payer of a claim should allow, as it stood on the claim when it was "
        "made; lines without a known price are counted, not guessed."
    ),
    (
        "Allowed, paid and the patient's share come from answers alone; claims taken back or "
        "replaced are left out, and a reversal takes away what it reverses."
    ),
    (
        "An hour is measured: the union of all contacts and logged time of a person in the month. "
        "A nurse's hour is one of clinical staff below practitioners; machines have none."
    ),
    "Costs are what you type above; nothing is stored and nothing is assumed in their place.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What was found of the months up to the one asked for.

    staff, nurses: measured seconds by month.
    """

    lines: Mapping[ServiceMonth, Mapping[str, LineSum]]
    claims: Mapping[ServiceMonth, ClaimSum]
    patients: Mapping[ServiceMonth, int]
    staff: Mapping[ServiceMonth, int]
    nurses: Mapping[ServiceMonth, int]

    def yardstick(self, month: ServiceMonth) -> int:
        """Return the national amounts of a month's lines, in cents."""
        return sum(each.cents for each in self.lines[month].values())

    def units(self, month: ServiceMonth) -> int:
        """Return the units of a month's lines."""
        return sum(each.units for each in self.lines[month].values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be said."""
        return not any(self.lines.values()) and not any(e.count for e in self.claims.values())


def economics(asked: Asked) -> Report:
    """Return the economics of twelve months.

    Raises:
        ForbiddenError: the caller may not see money.
    """
    year, month = year_of(asked), asked.month
    if year.is_empty:
        return Report(name=NAME, title=TITLE, month=month, lead="", empty=EMPTY)
    own = year.claims[month]
    by_code = claim_lines(asked, month, SEE_MONEY)
    return Report(
        name=NAME, title=TITLE, month=month, lead=lead_of(year, month),
        figures=(*amount_figures(year, month, by_code), *ratio_figures(asked, year, own),
                 *cost_figures(asked, year, own)),
        pictures=(months_picture(year), code_picture(year.lines[month], by_code)),
        tables=(months_table(year), code_table(asked, year.lines[month], by_code)), notes=NOTES,
    )  # fmt: skip


def year_of(asked: Asked) -> Year:
    """Return what is on record of twelve months."""
    months = asked.months()
    by_person = {month: measured_seconds(asked, month, SEE_MONEY) for month in months}
    sums = month_sums(asked, months, SEE_MONEY)
    return Year(
        lines=line_sums(asked, months, SEE_MONEY), claims=claim_sums(asked, months, SEE_MONEY),
        patients={month: each.patients for month, each in sums.items()},
        staff={month: human_seconds(asked, each) for month, each in by_person.items()},
        nurses={month: nurse_seconds(asked, each) for month, each in by_person.items()},
    )  # fmt: skip


def lead_of(year: Year, month: ServiceMonth) -> str:
    """Return what the month comes to, in a sentence."""
    own = year.claims[month]
    if not own.count:
        return (
            f"Lines of {cents(year.yardstick(month)).shown} by the yardstick; no claim was made "
            "of this month yet, so nothing is charged, expected or paid."
        )
    return (
        f"{own.count:,} claim{'' if own.count == 1 else 's'} of {cents(own.charge).shown}, "
        f"{cents(own.expected).shown} expected; {own.answered:,} answered, "
        f"{cents(own.paid).shown} paid."
    )


def amount_figures(
    year: Year, month: ServiceMonth, by_code: Mapping[str, ClaimSum]
) -> tuple[Figure, ...]:
    """Return the amounts of the month."""
    own = year.claims[month]
    n = own.expected_unknown
    unknown = f"{n:,} line{'' if n == 1 else 's'} without" if n else ""
    allowed = sum(each.answered_allowed for each in by_code.values())
    of_it = share(allowed, sum(each.answered_expected for each in by_code.values()))
    return (
        Figure(label="Units of lines", cell=count(year.units(month))),
        Figure(label="Yardstick", cell=cents(year.yardstick(month)), note="national amounts"),
        Figure(label="Charged", cell=cents(own.charge if own.count else None),
               note=f"{own.count:,} claims"),
        Figure(label="Expected", cell=cents(own.expected if own.count else None), note=unknown),
        Figure(label="Allowed", cell=cents(own.allowed if own.answered else None),
               note=f"{of_it.shown} of what was expected of answered lines"),
        Figure(label="Paid", cell=cents(own.paid if own.answered else None),
               note=f"by payers, {own.answered:,} claims answered"),
        Figure(label="Patients' share", cell=cents(own.share if own.answered else None)),
    )  # fmt: skip


def ratio_figures(asked: Asked, year: Year, own: ClaimSum) -> tuple[Figure, ...]:
    """Return amounts a patient and an hour."""
    month = asked.month
    patients, staff, nurses = year.patients[month], year.staff[month], year.nurses[month]
    yardstick, paid = year.yardstick(month), own.paid if own.answered else None
    billed = patients_with_lines(asked, month)
    return (
        Figure(label="Patients with a line", cell=count(billed), note=f"of {patients:,}"),
        Figure(label="Yardstick a patient with a line", cell=cents(divided(yardstick, billed))),
        Figure(label="Paid a patient with a line",
               cell=cents(None if paid is None else divided(paid, billed))),
        Figure(label="Measured staff time", cell=seconds(staff),
               note=f"{seconds(nurses).shown} of it by nurses"),
        Figure(label="Yardstick a nurse hour", cell=cents(divided(yardstick * HOUR, nurses))),
        Figure(label="Paid a nurse hour",
               cell=cents(None if paid is None else divided(paid * HOUR, nurses))),
    )  # fmt: skip


def cost_figures(asked: Asked, year: Year, own: ClaimSum) -> tuple[Figure, ...]:
    """Return costs and what is left of what was paid, where costs were typed."""
    device, hour = asked.knobs.get(DEVICE_COST), asked.knobs.get(HOUR_COST)
    if device is None and hour is None:
        return ()
    month = asked.month
    devices = int((device or Decimal(0)) * 100 * year.patients[month])
    staff = divided(int((hour or Decimal(0)) * 100 * year.staff[month]), HOUR) or 0
    left = own.paid - devices - staff if own.answered else None
    return (
        Figure(label="Cost of devices", cell=cents(devices if device is not None else None),
               note=f"{year.patients[month]:,} patients"),
        Figure(label="Cost of staff", cell=cents(staff if hour is not None else None),
               note="measured time only"),
        Figure(label="Paid less these costs", cell=cents(left)),
        Figure(label="Yardstick less these costs",
               cell=cents(year.yardstick(month) - devices - staff), note="not what is paid"),
    )  # fmt: skip


def months_picture(year: Year) -> Picture:
    """Return yardstick, expected and paid by month."""
    months = tuple(year.lines)
    return Picture(
        name="months", title="Yardstick, expected and paid by month", unit=CENTS,
        labels=tuple(month_label(month) for month in months),
        series=(
            Series(name="yardstick", values=tuple(year.yardstick(month) for month in months)),
            Series(name="expected", values=tuple(year.claims[m].expected for m in months)),
            Series(name="paid", values=tuple(year.claims[m].paid for m in months)),
        ),
    )  # fmt: skip


def code_picture(lines: Mapping[str, LineSum], claims: Mapping[str, ClaimSum]) -> Picture:
    """Return by code what was paid, or the yardstick while nothing is."""
    codes = sorted({*lines, *claims})
    is_paid = any(each.paid for each in claims.values())
    values = (
        tuple(claims.get(code, ClaimSum()).paid for code in codes)
        if is_paid
        else tuple(lines.get(code, LineSum()).cents for code in codes)
    )
    return Picture(
        name="codes", title="Paid by code" if is_paid else "Yardstick by code", unit=CENTS,
        kind="bars", labels=tuple(codes),
        series=(Series(name="paid" if is_paid else "yardstick", values=values),),
    )  # fmt: skip


def months_table(year: Year) -> Table:
    """Return the months in rows."""
    rows = []
    for month in year.lines:
        own, patients = year.claims[month], year.patients[month]
        is_answered = bool(own.answered)
        rows.append((
            words(str(month)), count(patients), count(year.units(month)),
            cents(year.yardstick(month)), count(own.count),
            cents(own.charge if own.count else None), cents(own.expected if own.count else None),
            cents(own.allowed if is_answered else None), cents(own.paid if is_answered else None),
            cents(own.share if is_answered else None), seconds(year.nurses[month]),
            cents(divided(own.paid * HOUR, year.nurses[month]) if is_answered else None),
        ))  # fmt: skip
    return Table(
        name="months", title="Twelve months", rows=tuple(rows),
        columns=("Month", "Patients", "Units", "Yardstick USD", "Claims", "Charged USD",
                 "Expected USD", "Allowed USD", "Paid USD", "Patients' share USD", "Nurse time",
                 "Paid a nurse hour USD"),
    )  # fmt: skip


def code_table(asked: Asked, lines: Mapping[str, LineSum], claims: Mapping[str, ClaimSum]) -> Table:
    """Return the codes of the month in rows."""
    sheets = asked.office.journal.desk.judge.rulebook.sheets
    rows = []
    for code in sorted({*lines, *claims}):
        line, claim = lines.get(code, LineSum()), claims.get(code, ClaimSum())
        is_answered = bool(claim.answered)
        known = claim.count > claim.expected_unknown
        rows.append((
            words(code), words(sheets[code].summary if code in sheets else ""), count(line.units),
            cents(line.cents if line.services > line.unpriced else None), count(claim.units),
            cents(claim.charge if claim.count else None), cents(claim.expected if known else None),
            cents(claim.allowed if is_answered else None),
            cents(claim.paid if is_answered else None), cents(claim.share if is_answered else None),
            cents(divided(claim.paid, claim.answered) if is_answered else None),
        ))  # fmt: skip
    return Table(
        name="codes", title="Codes of the month", rows=tuple(rows),
        columns=("Code", "What it is", "Units of lines", "Yardstick USD", "Units claimed",
                 "Charged USD", "Expected USD", "Allowed USD", "Paid USD", "Patients' share USD",
                 "Paid an answered line USD"),
    )  # fmt: skip
