"""What Medicare allows for a code on a date of service, computed from its own tables.

An amount is (work, practice expense and malpractice units, each times its local index) times the
year's conversion factor, rounded once, half up, to cents. There is no amount where Medicare sets
none: contractor-priced codes, codes paid elsewhere, sites where a service is not furnished, and
dates without a table. Indexes of one year are never used for another.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from caretally.errors import InputError, Problem, RulebookError
from caretally.money import Money

UNPRICED = frozenset({"C", "X"})
"""PFS status: C = each contractor sets a price, X = paid outside the physician fee schedule."""
RATES = "fees/rvu_rates_2019_2026.csv"
INDEX_FILE = re.compile(r"gpci_(\d{4})\.csv")
Row = Mapping[str, str]
ONE = Decimal(1)
SINGLE, QUALIFYING, NONQUALIFYING = "single", "qualifying_apm", "nonqualifying_apm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """How much dearer work, practice expense and malpractice are in a locality; 1 = national."""

    name: str
    work: Decimal
    practice: Decimal
    malpractice: Decimal


NATIONAL = Index(name="national", work=ONE, practice=ONE, malpractice=ONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One code's relative values and conversion factor for a span of dates of service."""

    code: str
    from_on: date
    to_on: date
    factor: Decimal
    kind: str
    status: str
    work: Decimal
    practice: Decimal
    practice_in_facility: Decimal
    is_in_facility: bool
    malpractice: Decimal
    release: str

    def amount(self, index: Index, *, facility: bool) -> Money | None:
        """Return what is allowed in a locality and site, or None where no price is set."""
        if self.status in UNPRICED or (facility and not self.is_in_facility):
            return None
        practice = self.practice_in_facility if facility else self.practice
        units = (
            self.work * index.work
            + practice * index.practice
            + self.malpractice * index.malpractice
        )
        return Money(units * self.factor).cents()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """An allowed amount with what it rests on; `note` says when it is not the locality's own."""

    amount: Money | None
    basis: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a service is billed from: a Medicare locality of a state, and whether a facility."""

    state: str
    locality: str
    facility: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """The fee tables: rates by code, and indexes by year, state and locality."""

    rates: Mapping[str, tuple[Rate, ...]]
    indexes: Mapping[tuple[int, str, str], Index]
    index_years: frozenset[int]

    def rate(self, code: str, day: date, *, qualifying: bool = False) -> Rate | None:
        """Return the rate of a code on a date of service, or None where no table has it."""
        kinds = {SINGLE, QUALIFYING if qualifying else NONQUALIFYING}
        rates = (r for r in self.rates.get(code, ()) if r.from_on <= day <= r.to_on)
        return next((rate for rate in rates if rate.kind in kinds), None)

    def national(
        self, code: str, day: date, *, facility: bool = False, qualifying: bool = False
    ) -> Money | None:
        """Return the national amount, or None where Medicare sets none."""
        rate = self.rate(code, day, qualifying=qualifying)
        return rate.amount(NATIONAL, facility=facility) if rate else None

    def allowed(self, code: str, day: date, *, at: Place, qualifying: bool = False) -> Allowed:
        """Return the amount at a place on a date of service.

        Raises:
            InputError: the year has local indexes, but none of this locality.
        """
        rate = self.rate(code, day, qualifying=qualifying)
        if rate is None:
            return Allowed(amount=None, basis="none", note=f"no table prices {code} on {day}")
        index, note = (
            NATIONAL,
            f"no local indexes of {day.year} are loaded: the national amount",
        )
        if day.year in self.index_years:
            index, note = self.index(day.year, at), ""
        amount = rate.amount(index, facility=at.facility)
        unpriced = "Medicare sets no national price for this code at this site"
        return Allowed(amount=amount, basis=index.name, note=note if amount else unpriced)

    def index(self, year: int, at: Place) -> Index:
        """Return the local indexes of a year."""
        found = self.indexes.get((year, at.state, at.locality))
        if found is None:
            known = sorted(
                number for y, state, number in self.indexes if (y, state) == (year, at.state)
            )
            raise InputError(
                [
                    Problem(
                        where=f"fees/gpci_{year}.csv",
                        field="locality",
                        found=f"no {at.state} {at.locality}",
                        expected=f"one of {', '.join(known)}" if known else "a state of the file",
                    )
                ]
            )
        return found


def load_fees(folder: Traversable | None = None) -> Fees:
    """Return the fee tables of a rulebook folder, or the installed ones.

    Raises:
        RulebookError: a row cannot be read, or its printed amounts do not recompute.
    """
    return installed_fees() if folder is None else read_fees(folder)


@lru_cache(maxsize=1)
def installed_fees() -> Fees:
    """Return the fee tables that came with the program, read once."""
    return read_fees(files("caretally") / "rulebook")


def read_fees(folder: Traversable) -> Fees:
    """Return the fee tables of a folder."""
    problems: list[Problem] = []
    written = list(rows_of(folder / RATES, RATES))
    statuses = statuses_by_release(row for _, row in written)
    rates: defaultdict[str, list[Rate]] = defaultdict(list)
    for where, row in written:
        rate = read_rate(row, where, (statuses, problems))
        if rate is not None:
            rates[rate.code].append(rate)
    indexes: dict[tuple[int, str, str], Index] = {}
    for item in sorted((folder / "fees").iterdir(), key=lambda item: item.name):
        if INDEX_FILE.fullmatch(item.name):
            indexes.update(read_indexes(item, problems))
    if problems:
        raise RulebookError(problems)
    return Fees(
        rates={code: tuple(of_code) for code, of_code in rates.items()},
        indexes=indexes,
        index_years=frozenset(year for year, _, _ in indexes),
    )


def rows_of(item: Traversable, name: str) -> Iterable[tuple[str, Row]]:
    """Yield the rows of a CSV file with file:line."""
    reader = csv.DictReader(item.read_text(encoding="utf-8").splitlines())
    for row in reader:
        yield f"{name}:{reader.line_num}", row


def statuses_by_release(rows: Iterable[Row]) -> dict[str, list[tuple[str, str, str]]]:
    """Return (first date, status, facility mark) of the releases that print them, by code."""
    found: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows:
        if row["status"]:
            found[row["hcpcs"]].append((row["effective_from"], row["status"], row["facility_na"]))
    return found


def status_of(row: Row, statuses: Mapping[str, list[tuple[str, str, str]]]) -> tuple[str, str]:
    """Return status and facility mark of a row.

    The releases used for 2019 and 2025 print neither; such a row takes those of the last release
    before it, or else of the first after it.
    """
    if row["status"]:
        return row["status"], row["facility_na"]
    printed = sorted(statuses.get(row["hcpcs"], ()))
    before = [item for item in printed if item[0] <= row["effective_from"]]
    _, status, mark = (before[-1:] or printed[:1] or [("", "", "")])[0]
    return status, mark


def read_rate(
    row: Row,
    where: str,
    told: tuple[Mapping[str, list[tuple[str, str, str]]], list[Problem]],
) -> Rate | None:
    """Return one row of the rates; None with a problem noted where it cannot be trusted."""
    statuses, problems = told
    status, mark = status_of(row, statuses)
    try:
        rate = Rate(
            code=row["hcpcs"],
            from_on=date.fromisoformat(row["effective_from"]),
            to_on=date.fromisoformat(row["effective_to"]),
            factor=Decimal(row["conversion_factor"]),
            kind=row["cf_kind"],
            status=status,
            work=Decimal(row["work_rvu"]),
            practice=Decimal(row["pe_rvu_nonfacility"]),
            practice_in_facility=Decimal(row["pe_rvu_facility"]),
            is_in_facility=mark != "NA",
            malpractice=Decimal(row["mp_rvu"]),
            release=row["release"],
        )
        printed = Decimal(row["national_nonfacility_usd"])
    except (KeyError, ValueError, InvalidOperation) as error:
        problems.append(Problem(where=where, found=f"{error}", expected="dates and decimals"))
        return None
    computed = rate.amount(NATIONAL, facility=False)
    if computed is not None and computed.amount != printed:
        problems.append(
            Problem(where=where, field=rate.code, found=f"{printed}", expected=f"{computed}")
        )
    return rate


def read_indexes(item: Traversable, problems: list[Problem]) -> dict[tuple[int, str, str], Index]:
    """Return the local indexes of one year by year, state and locality."""
    found: dict[tuple[int, str, str], Index] = {}
    for where, row in rows_of(item, f"fees/{item.name}"):
        try:
            found[int(row["year"]), row["state"], row["locality"]] = Index(
                name=f"{row['state']} {row['locality']} {row['year']}",
                work=Decimal(row["work_gpci"]),
                practice=Decimal(row["pe_gpci"]),
                malpractice=Decimal(row["mp_gpci"]),
            )
        except (KeyError, ValueError, InvalidOperation) as error:
            problems.append(Problem(where=where, found=f"{error}", expected="a year and decimals"))
    return found
