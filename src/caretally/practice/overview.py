"""A month of a practice: what is billable, at risk, held, reachable and out of reach, code by code.

Counts are of services: one code on one date of service of one patient. Amounts are what Medicare
allows nationally; they are expected, not promised, and for other payers only a yardstick.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from caretally.billability.fees import load_fees
from caretally.clock import DEFAULT_ZONE, ServiceMonth, date_of
from caretally.money import NO_MONEY, Money
from caretally.practice.codes_of_month import (
    STATES,
    SUPPORTED,
    missing_words,
)
from caretally.practice.office import Office
from caretally.practice.patients import chosen_clinics
from caretally.practice.prospects import (
    REMEMBERED,
    Prospect,
    Times,
    recalled,
)
from caretally.practice.roles import SEE_MONEY, SEE_PATIENTS
from caretally.store.database import Value

MOST_AT_ONCE = 800
"""Months judged in one request at most; the page asks on until all are done."""
PAGE = 50
NO_ACTIVITY = "no_activity"
EVERY_STATE = (*STATES, SUPPORTED, NO_ACTIVITY)


@dataclass(slots=True)
class Cell:
    """Services of one code in one state.

    amount: expected for those that have a price. unpriced: how many have none.
    """

    count: int = 0
    units: int = 0
    amount: Money = NO_MONEY
    unpriced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A row of the overview: cells by state."""

    code: str
    summary: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A month of a practice.

    sums: over codes, by state, for the states whose lines can stand side by side. patients: all
    whom the caller sees and who are enrolled or had something happen. quiet: enrolled and nothing
    happened yet. waiting: not judged yet; the figures are without them.
    """

    month: ServiceMonth
    rows: tuple[CodeRow, ...]
    sisters: tuple[CodeRow, ...]
    sums: Mapping[str, Cell]
    patients: int
    quiet: int
    waiting: int
    shows_money: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which month, and of which clinic with all that belong to it; empty for all."""

    month: ServiceMonth
    clinic: str = ""


class Row(NamedTuple):
    """A patient of the overview with what is kept of the month, if anything is."""

    patient: str
    name: str
    clinic: str
    time_zone: str
    stage: str
    stream: int
    digest: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A code on a date of service of one patient, as the list behind a cell shows it."""

    patient: str
    name: str
    code: str
    state: str
    on: date | None
    units: int
    at_risk: tuple[str, ...]
    held_by: tuple[str, ...]
    missing: tuple[str, ...]
    why: str
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """A page of the services behind a cell; count is of all pages."""

    services: tuple[Service, ...]
    count: int
    number: int
    waiting: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Which services: of a code, in a state, and which page; empty for all."""

    code: str = ""
    state: str = ""
    number: int = 1


def patient_rows(office: Office, asked: Asked) -> list[Row]:
    """Return the patients whom a caller may see, with what is kept of a month."""
    office.caller.require(SEE_PATIENTS)
    sql = (
        "SELECT card.patient, card.name, card.clinic, card.time_zone, card.stage, card.stream_id, "
        "kept.digest FROM store_patientcard AS card LEFT JOIN store_patientmonth AS kept "
        "ON kept.stream_id = card.stream_id AND kept.month = %s WHERE card.practice_id = %s"
    )
    values: list[Value] = [str(asked.month), office.book().number]
    for clinics in (office.clinics(SEE_PATIENTS), chosen_clinics(office, asked.clinic)):
        if clinics is not None:
            sql += f" AND card.clinic IN ({', '.join(['%s'] * len(clinics)) or 'NULL'})"
            values += sorted(clinics)
    return [
        Row._make((*row[:6], None if row[6] is None else bytes(row[6])))
        for row in office.db.rows(f"{sql} ORDER BY card.name_key, card.patient", *values)
    ]


@dataclass(slots=True, kw_only=True)
class Reading:
    """A month being read: the patients, and what is remembered of their months.

    waiting: how many months are not judged yet.
    """

    office: Office
    asked: Asked
    rows: list[Row] = field(default_factory=list)
    known: dict[bytes, tuple[Prospect, ...]] = field(default_factory=dict)
    waiting: int = 0

    @property
    def times(self) -> Times:
        """What is still to come of the month."""
        return Times(office=self.office, month=self.asked.month)

    def read(self) -> None:
        """Read the patients, and judge as many months as one request may."""
        self.rows = patient_rows(self.office, self.asked)
        self.known = REMEMBERED.of(row.digest for row in self.rows if row.digest is not None)
        unknown = [
            (row.stream, row.digest)
            for row in self.rows
            if row.digest is not None and row.digest not in self.known
        ]
        self.known |= recalled(self.office, self.asked.month, unknown[:MOST_AT_ONCE])
        self.waiting = max(0, len(unknown) - MOST_AT_ONCE)

    def found(self) -> Iterator[tuple[Row, Prospect, str]]:
        """Yield every service with its state."""
        state = self.times.state
        for row in self.rows:
            zone_name = row.time_zone or DEFAULT_ZONE
            for each in self.known.get(row.digest, ()) if row.digest else ():
                yield row, each, state(each, zone_name)


def overview(office: Office, asked: Asked) -> Overview:
    """Return a month of a practice, as far as the caller may see.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    reading = Reading(office=office, asked=asked)
    reading.read()
    cells = cells_of(reading)
    active = [row for row in reading.rows if row.digest is not None]
    quiet = [row for row in reading.rows if row.digest is None and row.stage == "open"]
    sisters = {code for code, state in cells if state == SUPPORTED}
    codes = sorted({code for code, _ in cells} - sisters)
    return Overview(
        month=asked.month, rows=tuple(code_row(office, code, cells) for code in codes),
        sisters=tuple(code_row(office, code, cells) for code in sorted(sisters)),
        sums={state: total(cells, state, codes) for state in STATES},
        patients=len(active) + len(quiet), quiet=len(quiet), waiting=reading.waiting,
        shows_money=office.caller.may(SEE_MONEY),
    )  # fmt: skip


def code_row(office: Office, code: str, cells: Mapping[tuple[str, str], Cell]) -> CodeRow:
    """Return the row of a code."""
    sheet = office.journal.desk.judge.rulebook.sheets[code]
    states = (*STATES, SUPPORTED)
    return CodeRow(
        code=code, summary=sheet.summary,
        cells={state: cells.get((code, state), Cell()) for state in states},
    )  # fmt: skip


def cells_of(reading: Reading) -> dict[tuple[str, str], Cell]:
    """Return the cells by code and state; services are counted first and priced together."""
    counts = Counter((each.code, state, each.day, each.units) for _, each, state in reading.found())
    cells: dict[tuple[str, str], Cell] = {}
    for (code, state, day, units), count in counts.items():
        cell, price = cells.setdefault((code, state), Cell()), price_of(code, day)
        cell.count += count
        cell.units += count * units
        if price is None:
            cell.unpriced += count
        else:
            cell.amount = cell.amount + price.times(count * units)
    return cells


def total(cells: Mapping[tuple[str, str], Cell], state: str, codes: Iterable[str]) -> Cell:
    """Return the sum of a state over codes."""
    summed = Cell()
    for code in codes:
        cell = cells.get((code, state))
        if cell is not None:
            summed.count += cell.count
            summed.units += cell.units
            summed.amount = summed.amount + cell.amount
            summed.unpriced += cell.unpriced
    return summed


@lru_cache(maxsize=4096)
def price_of(code: str, day: int) -> Money | None:
    """Return the national amount of one unit on a day; None where Medicare sets none."""
    return load_fees().national(code, date_of(day))


@lru_cache(maxsize=256)
def release_of(day: date) -> str:
    """Return which release of Medicare's tables prices a day; empty where none does."""
    rates = (load_fees().rate(code, day) for code in ("99457", "99454"))
    return next((rate.release for rate in rates if rate is not None), "")


def services(office: Office, asked: Asked, cut: Cut) -> Services:
    """Return a page of the services behind a cell, by patient.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    reading = Reading(office=office, asked=asked)
    reading.read()
    found: list[tuple[Row, Prospect | None, str]]
    if cut.state == NO_ACTIVITY:
        quiet = (row for row in reading.rows if row.digest is None and row.stage == "open")
        found = [(row, None, NO_ACTIVITY) for row in quiet]
    else:
        found = [
            (row, each, state)
            for row, each, state in reading.found()
            if cut.code in ("", each.code) and cut.state in ("", state)
        ]
    number = max(1, min(cut.number, -(-len(found) // PAGE)))
    times = reading.times
    return Services(
        services=tuple(
            service(row, each, state, times) if each else quiet_service(row)
            for row, each, state in found[(number - 1) * PAGE : number * PAGE]
        ),
        count=len(found), number=number, waiting=reading.waiting,
    )  # fmt: skip


def service(row: Row, each: Prospect, state: str, times: Times) -> Service:
    """Return a service as a list shows it."""
    why = times.why(each, row.time_zone or DEFAULT_ZONE)
    price = price_of(each.code, each.day)
    return Service(
        patient=row.patient, name=row.name or row.patient, code=each.code, state=state,
        on=date_of(each.day), units=each.units, at_risk=each.at_risk, held_by=each.held_by,
        missing=missing_words(each.missing), why=why,
        amount=price.times(each.units) if price else None,
    )  # fmt: skip


def quiet_service(row: Row) -> Service:
    """Return a patient of whom nothing is known yet in the month."""
    return Service(
        patient=row.patient, name=row.name or row.patient, code="", state=NO_ACTIVITY, on=None,
        units=0, at_risk=(), held_by=(), missing=(), why="", amount=None,
    )  # fmt: skip
