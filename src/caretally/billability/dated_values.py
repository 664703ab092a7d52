"""Reads parameters: values with a unit, a first date of service each, and citations.

It refuses a value without a citation, dates out of order, and a contested value without readings.
"""

from __future__ import annotations

from datetime import date

from caretally.billability.sheet_checks import PARAMETER_UNITS
from caretally.billability.sheet_records import Dated, Parameter
from caretally.clock import day_number
from caretally.codes import POLICIES, READINGS
from caretally.yaml_lines import Items, Row, day, whole

STATUSES = ("settled", "contested")
KINDS_OF_TIME = ("live", "management")


def read_parameters(row: Row) -> dict[str, Parameter]:
    """Return the parameters under a mapping of names, in written order."""
    return {name: read_parameter(name, row.row(name)) for name in row.written()}


def read_parameter(name: str, row: Row) -> Parameter:
    """Return one parameter with all its dated values."""
    unit = row.one_of("unit", PARAMETER_UNITS)
    status = row.one_of("status", STATUSES, "settled")
    page = row.text("page", "") or None
    readings = read_readings(row.row("readings"), unit)
    values = read_dated(row, unit)
    if not values:
        row.problems.add(row.table.where, row.path, "no value", "at least one dated value")
    if (status == "contested") != (page is not None):
        row.refuse("status", status, "`contested` with the page that explains it, or neither")
    row.finish()
    return Parameter(
        name=name, unit=unit, status=status, page=page, values=values, readings=readings
    )


def is_date(key: str) -> bool:
    """Tell whether a key is meant as a date."""
    return key[:1].isdigit()


def first_dates(row: Row) -> tuple[tuple[str, date], ...]:
    """Return the keys of a mapping that are dates, refusing those that do not ascend."""
    found: list[tuple[str, date]] = []
    for key in filter(is_date, row.written()):
        first = day(key, row, key)
        if found and first <= found[-1][1]:
            row.refuse(
                key,
                key,
                f"a date after {found[-1][0]}",
                "write dates in ascending order",
            )
        found.append((key, first))
    return tuple(found)


def read_dated(row: Row, unit: str) -> tuple[Dated, ...]:
    """Return the dated values of a mapping whose date keys hold {value, cites, readings?}."""
    return tuple(
        read_value(row.row(key), unit=unit, from_on=first) for key, first in first_dates(row)
    )


def read_value(row: Row, *, unit: str, from_on: date) -> Dated:
    """Return one dated value."""
    words = row.words("value") if unit == "words" else ()
    value = " ".join(words) if unit == "words" else typed(row, unit)
    amounts = {
        name: amount
        for name, amount in read_readings(row.row("readings"), unit).items()
        if isinstance(amount, int)
    }
    cites = row.cites()
    row.finish()
    return Dated(from_on=from_on, value=value, cites=cites, readings=amounts, words=words)


def typed(row: Row, unit: str) -> int | str:
    """Return the value of a row in its unit."""
    if unit == "policy":
        return row.one_of("value", POLICIES)
    if unit == "date":
        return day_number(row.dated("value"))
    if unit == "flag":
        return int(row.one_of("value", ("0", "1")) == "1")
    return row.whole("value")


def read_readings(row: Row, unit: str) -> dict[str, tuple[str, ...] | int]:
    """Return what each contested reading makes of a value."""
    found: dict[str, tuple[str, ...] | int] = {}
    for name in row.written():
        if name not in READINGS:
            row.refuse(name, name, "one of " + ", ".join(READINGS))
        if isinstance(row.node(name), Items):
            found[name] = kinds_of_time(row, name)
        else:
            found[name] = whole(row.text(name), row, name)
    if unit == "policy" and found and found.keys() != set(POLICIES):
        row.problems.add(row.table.where, row.path, ", ".join(found), ", ".join(POLICIES))
    return found


def kinds_of_time(row: Row, name: str) -> tuple[str, ...]:
    """Return the kinds of time a policy counts."""
    kinds = row.words(name)
    for kind in kinds:
        if kind not in KINDS_OF_TIME:
            row.refuse(name, kind, "one of " + ", ".join(KINDS_OF_TIME))
    return kinds
