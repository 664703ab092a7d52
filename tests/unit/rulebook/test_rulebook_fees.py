"""Every published amount recomputes to the cent, and nothing is priced that Medicare does not."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import caretally.rulebook
from caretally.billability.fees import Place, load_fees
from caretally.errors import InputError, RulebookError

AMOUNTS = Path(__file__).parent / "amounts"
RATES = Path(str(caretally.rulebook.__file__)).parent / "fees" / "rvu_rates_2019_2026.csv"
FEES = load_fees()
DAY_2026 = date(2026, 7, 1)


def published(name: str) -> list[dict[str, str]]:
    """Return amounts others published and computed, which our tables must give to the cent."""
    return list(csv.DictReader((AMOUNTS / f"{name}.csv").read_text().splitlines()))


def national_cases() -> list[tuple[str, str, str]]:
    """Return (code, date of service and kind, amount), `outside/inside` where both exist."""
    return [
        (row["code"], column, amount)
        for row in published("national")
        for column, amount in row.items()
        if column != "code"
    ]


@pytest.mark.parametrize(("code", "column", "amount"), national_cases())
def test_national_amounts_are_the_published_ones(code: str, column: str, amount: str) -> None:
    day, _, kind = column.partition(" ")
    on, qualifying = date.fromisoformat(day), kind == "qualifying"
    outside, _, inside = amount.partition("/")
    computed = FEES.national(code, on, qualifying=qualifying)
    assert (str(computed) if computed else "-") == outside
    computed = FEES.national(code, on, facility=True, qualifying=qualifying)
    assert (str(computed) if computed else "") == inside


@pytest.mark.parametrize("row", published("units_2026"), ids=lambda row: row["code"])
def test_relative_values_of_2026_are_the_published_ones(row: dict[str, str]) -> None:
    rate = FEES.rate(row["code"], DAY_2026)
    assert rate is not None
    assert rate.work == Decimal(row["work"])
    assert rate.practice == Decimal(row["practice"])
    assert rate.malpractice == Decimal(row["malpractice"])
    assert rate.work + rate.practice + rate.malpractice == Decimal(row["total"])
    assert rate.is_in_facility == (row["practice_in_facility"] != "NA")
    if rate.is_in_facility:
        inside = rate.work + rate.practice_in_facility + rate.malpractice
        assert rate.practice_in_facility == Decimal(row["practice_in_facility"])
        assert inside == Decimal(row["total_in_facility"])


@pytest.mark.parametrize(
    "row", published("local_2025"), ids=lambda row: f"{row['state']} {row['locality']}"
)
def test_local_amounts_of_2025_are_the_published_ones(row: dict[str, str]) -> None:
    at = Place(state=row["state"], locality=row["locality"])
    for code in ("99454", "99457", "99458"):
        assert str(FEES.allowed(code, date(2025, 7, 1), at=at).amount) == row[code]


def test_every_priced_row_of_the_table_recomputes_to_the_cent() -> None:
    priced = 0
    for row in csv.DictReader(RATES.read_text().splitlines()):
        on, qualifying = (
            date.fromisoformat(row["effective_from"]),
            row["cf_kind"] == "qualifying_apm",
        )
        for facility, column in (
            (False, "national_nonfacility_usd"),
            (True, "national_facility_usd"),
        ):
            amount = FEES.national(row["hcpcs"], on, facility=facility, qualifying=qualifying)
            if amount is not None:
                priced += 1
                assert str(amount) == row[column], row
    assert priced == 424


@pytest.mark.parametrize(
    ("code", "day", "facility"),
    [
        ("98978", "2026-07-01", False),  # each contractor prices it
        ("98978", "2025-07-01", False),  # printed without a status that year, as zeros
        ("98986", "2026-07-01", False),
        ("G0511", "2024-07-01", False),  # paid outside the fee schedule
        ("G0511", "2019-07-01", False),
        ("99453", "2026-07-01", True),  # not furnished in a facility
        ("99454", "2025-07-01", True),  # the mark is not printed that year
        ("99445", "2025-12-31", False),  # not valid yet
        ("99457", "2018-12-31", False),  # before the tables
        ("99457", "2027-01-01", False),  # after them
        ("00000", "2026-07-01", False),
    ],
)
def test_there_is_no_amount_where_medicare_sets_none(code: str, day: str, facility: bool) -> None:
    assert FEES.national(code, date.fromisoformat(day), facility=facility) is None
    place = Place(state="CA", locality="18", facility=facility)
    allowed = FEES.allowed(code, date.fromisoformat(day), at=place)
    assert allowed.amount is None
    assert allowed.note


@pytest.mark.parametrize(
    ("day", "amount"), [("2024-03-08", "48.13"), ("2024-03-09", "48.93"), ("2024-12-31", "48.93")]
)
def test_the_conversion_factor_of_2024_changed_in_march(day: str, amount: str) -> None:
    assert str(FEES.national("99457", date.fromisoformat(day))) == amount


@pytest.mark.parametrize("year", [2019, 2023, 2026])
def test_a_year_without_local_indexes_gives_the_national_amount_and_says_so(year: int) -> None:
    allowed = FEES.allowed("99457", date(year, 7, 1), at=Place(state="MS", locality="00"))
    assert allowed.amount == FEES.national("99457", date(year, 7, 1))
    assert allowed.basis == "national"
    assert str(year) in allowed.note


def test_indexes_of_2024_and_2025_are_whole() -> None:
    assert FEES.index_years == {2024, 2025}
    assert len(FEES.indexes) == 2 * 109
    at = Place(state="AL", locality="00", facility=True)
    assert FEES.allowed("99457", date(2024, 7, 1), at=at).basis == "AL 00 2024"


def test_an_unknown_locality_is_refused_with_those_of_the_state() -> None:
    with pytest.raises(InputError, match="found no CA 99; expected one of 05, 09"):
        FEES.allowed("99457", date(2025, 7, 1), at=Place(state="CA", locality="99"))
    with pytest.raises(InputError, match="a state of the file"):
        FEES.allowed("99457", date(2025, 7, 1), at=Place(state="ZZ", locality="99"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("1.55,51.77", "1.55,51.77", None),
        (",51.77,26.39,", ",51.78,26.39,", "found 51.78; expected 51.77"),
        ("0.61,0.90,0.14", "0.61,0.9O,0.14", "expected dates and decimals"),
    ],
)
def test_a_rate_that_does_not_recompute_is_refused(
    copied: Path, old: str, new: str, says: str | None
) -> None:
    path = copied / "fees" / RATES.name
    path.write_text(path.read_text().replace(old, new))
    if says is None:
        assert load_fees(copied).national("99457", DAY_2026)
        return
    with pytest.raises(RulebookError, match=says) as refused:
        load_fees(copied)
    assert refused.value.problems[0].where.startswith("fees/rvu_rates_2019_2026.csv:")


def test_an_index_that_is_no_number_is_refused(copied: Path) -> None:
    path = copied / "fees" / "gpci_2025.csv"
    path.write_text(path.read_text().replace("AK,01,ALASKA,1.5", "AK,01,ALASKA,l.5"))
    with pytest.raises(RulebookError, match=r"fees/gpci_2025.csv:2"):
        load_fees(copied)
