"""Are amounts right to the cent? Every published one, through the prices that claims are made with.

The vectors are those that others published and computed; the rows are Medicare's own, each with
the amounts it prints. A price is asked for as a claim asks, by payer, place and date of service.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from caretally.billability.fees import load_fees
from caretally.claims.prices import MEDICARE, Prices, schedule_of
from caretally.journal.entries import BillingProfileSet

VECTORS = Path("tests/unit/rulebook/amounts")
RATES = Path("src/caretally/rulebook/fees/rvu_rates_2019_2026.csv")
UNPRICED = frozenset({"C", "X"})
FACILITY, OFFICE = "22", "11"


class Case(NamedTuple):
    """An amount that is published: of a code on a date at a place; None where there is none."""

    of: str
    code: str
    day: date
    profile: BillingProfileSet
    published: Decimal | None


class Found(NamedTuple):
    """How many amounts were asked for, and which came out otherwise."""

    vectors: int
    rows: int
    wrong: tuple[str, ...]


def profile(
    site: str = OFFICE, *, state: str = "", locality: str = "", qualifying: bool = False
) -> BillingProfileSet:
    """Return a practice at a place."""
    return BillingProfileSet(
        practice="p", legal_name="P", street="1 Way", city="C", state="IL",
        postal_code="606100042", contact="C", phone="3125550142", submitter_id="S",
        receiver_name="R", receiver_id="R", place_of_service=site, locality_state=state or None,
        locality=locality or None, qualifying_apm=qualifying,
    )  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def amount(text: str) -> Decimal | None:
    """Return a published amount; None for a dash or nothing."""
    return Decimal(text) if text not in ("", "-") else None


def national() -> Iterator[Case]:
    """Yield the published national amounts, outside and inside a facility."""
    for row in read(VECTORS / "national.csv"):
        for column, text in row.items():
            if column == "code":
                continue
            day, _, kind = column.partition(" ")
            outside, _, inside = text.partition("/")
            for site, told in ((OFFICE, outside), (FACILITY, inside)):
                where = profile(site, qualifying=kind == "qualifying")
                name = f"{row['code']} {column} {site}"
                yield Case(name, row["code"], date.fromisoformat(day), where, amount(told))


def local() -> Iterator[Case]:
    """Yield the published amounts of localities."""
    for row in read(VECTORS / "local_2025.csv"):
        where = profile(state=row["state"], locality=row["locality"])
        for code in ("99454", "99457", "99458"):
            name = f"{code} 2025 {row['state']} {row['locality']}"
            yield Case(name, code, date(2025, 7, 1), where, amount(row[code]))


def printed() -> Iterator[Case]:
    """Yield the amounts that Medicare's own rows print: without status C and X, without NA.

    Releases that print no status and no mark take those of the code's other years.
    """
    rows = read(RATES)
    marks = {row["hcpcs"] for row in rows if row["facility_na"] == "NA"}
    contractor = {row["hcpcs"] for row in rows if row["status"] in UNPRICED}
    for row in rows:
        is_blank = not row["status"]
        unpriced = row["hcpcs"] in contractor if is_blank else row["status"] in UNPRICED
        not_there = row["hcpcs"] in marks if is_blank else row["facility_na"] == "NA"
        day, qualifying = date.fromisoformat(row["effective_from"]), row["cf_kind"] != "single"
        for site, column in ((OFFICE, "nonfacility"), (FACILITY, "facility")):
            where = profile(site, qualifying=qualifying and row["cf_kind"] == "qualifying_apm")
            told = amount(row[f"national_{column}_usd"])
            is_priced = not unpriced and not (site == FACILITY and not_there)
            name = f"{row['hcpcs']} {row['effective_from']} {row['cf_kind']} {column}"
            yield Case(name, row["hcpcs"], day, where, told if is_priced else None)


def otherwise(case: Case) -> bool:
    """Tell whether an amount comes out otherwise than published, for one unit or for three."""
    prices = Prices(schedule=schedule_of(()), tables=load_fees(), profile=case.profile)
    one = prices.expected(case.code, MEDICARE, case.day, units=1).amount
    three = prices.expected(case.code, MEDICARE, case.day, units=3).amount
    return (one, three) != (case.published, case.published and case.published * 3)


def measure() -> Found:
    """Ask for every published amount."""
    vectors, rows = [*national(), *local()], list(printed())
    wrong = tuple(case.of for case in (*vectors, *rows) if otherwise(case))
    return Found(
        sum(case.published is not None for case in vectors),
        sum(case.published is not None for case in rows), wrong,
    )  # fmt: skip


def main() -> None:
    """Print what came out."""
    found = measure()
    print(f"{found.vectors} vectors, {found.rows} amounts of rows, otherwise: {len(found.wrong)}")
    for name in found.wrong:
        print(f"  {name}")
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
