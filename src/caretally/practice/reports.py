"""What a report is made of: figures, pictures and tables, whose cells know what they are.

Page, CSV, JSON, PDF and command line render the same record, so none can say something else.
Amounts are whole: cents, seconds, counts, tenths of a percent; nothing is rounded before it is
compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from caretally.clock import ServiceMonth, instant_of, midnight
from caretally.practice.office import Office
from caretally.practice.patients import chosen_clinics
from caretally.store.alerts import words_of
from caretally.store.database import Value

COUNT, CENTS, SECONDS, PERCENT, NUMBER, CHANGE, WORDS, PATIENT = (
    "count", "cents", "seconds", "percent", "number", "change", "words", "patient",
)  # fmt: skip
"""What a cell holds: a count, US cents, seconds, tenths of a percent, an exact decimal, a change,
words, or a patient's id with the name in `says`."""
HEADS = {CENTS: "USD", SECONDS: "h:mm:ss", PERCENT: "%"}
NONE = "–"
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a report; None where it is not known, which is never the same as nothing."""

    kind: str
    value: int | Decimal | str | None
    says: str = ""

    @property
    def shown(self) -> str:
        """The value as people read it."""
        value = self.value
        if value is None:
            return NONE
        if self.kind == CENTS and isinstance(value, int):
            return f"{'-' if value < 0 else ''}${abs(value) // 100:,}.{abs(value) % 100:02}"
        if self.kind == COUNT:
            return f"{value:,}"
        if self.kind == PERCENT:
            return f"{self.plain} %"
        if self.kind == CHANGE and isinstance(value, Decimal):
            return f"{value:+f}" if value else self.plain
        return self.says or self.plain

    @property
    def plain(self) -> str:
        """The value as machines read it: dollars and percent as decimals, seconds as h:mm:ss."""
        value = self.value
        if value is None:
            return ""
        if self.kind == CENTS and isinstance(value, int):
            return f"{Decimal(value) / 100:.2f}"
        if self.kind == SECONDS and isinstance(value, int):
            return f"{value // 3600}:{value % 3600 // 60:02}:{value % 60:02}"
        if self.kind == PERCENT and isinstance(value, int):
            return f"{Decimal(value) / 10:.1f}"
        return f"{value:f}" if isinstance(value, Decimal) else str(value)


def count(value: int | None) -> Cell:
    """Return a count."""
    return Cell(COUNT, value)


def cents(value: int | None) -> Cell:
    """Return an amount of US cents."""
    return Cell(CENTS, value)


def seconds(value: int | None) -> Cell:
    """Return a time in seconds."""
    return Cell(SECONDS, value)


def words(value: str) -> Cell:
    """Return words."""
    return Cell(WORDS, value)


def number(value: Decimal | None, places: str = "0.1") -> Cell:
    """Return an exact decimal, shown to some places, half up."""
    return Cell(NUMBER, None if value is None else value.quantize(Decimal(places), ROUND_HALF_UP))


def change(value: Decimal | None) -> Cell:
    """Return a change, shown with its sign and to one place.

    Example:
        >>> change(Decimal("1.05")).shown, change(Decimal("1.05")).plain
        ('+1.1', '1.1')
    """
    return Cell(CHANGE, number(value).value)


def patient(name: str, says: str) -> Cell:
    """Return a patient, by id and name."""
    return Cell(PATIENT, name, says or name)


def share(part: int, whole: int) -> Cell:
    """Return a part of a whole as a percentage; None where there is no whole.

    Example:
        >>> share(1, 3).shown, share(0, 0).shown
        ('33.3 %', '–')
    """
    return Cell(PERCENT, divided(part * 1000, whole))


def divided(value: int, by: int) -> int | None:
    """Return a quotient rounded half up to a whole; None where nothing divides.

    Example:
        >>> divided(5, 2), divided(-5, 2), divided(1, 0)
        (3, -3, None)
    """
    if not by:
        return None
    return int((Decimal(value) / by).to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that stands out, with what to know of it."""

    label: str
    cell: Cell
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row of a picture: a value for each label, whole in the picture's unit."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a drawing shows; the table beside it is made of the same.

    kind: bars lie, columns stand. unit: what a value is. levels: values with words, drawn across.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = COUNT
    kind: str = "columns"
    is_stacked: bool = False
    levels: tuple[tuple[int, str], ...] = ()
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for each in self.series for value in each.values)

    def cell(self, value: int | None) -> Cell:
        """Return a value as a cell."""
        return Cell(self.unit, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells; the first cell of a row is its head.

    left_out: rows that were too many to show.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    left_out: int = 0

    @property
    def heads(self) -> tuple[tuple[str, str], ...]:
        """The columns with what their cells hold."""
        kinds = [cell.kind for cell in self.rows[0]] if self.rows else [WORDS] * len(self.columns)
        return tuple(zip(self.columns, kinds, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of a month of a practice.

    lead: what it says, in a sentence. notes: how the figures were computed. waiting: charts that
    were not read yet; the figures are without them. empty: what to do where there is nothing.
    """

    name: str
    title: str
    month: ServiceMonth
    lead: str
    figures: tuple[Figure, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    waiting: int = 0
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """An assumption that whoever reads may set; None where it is left open.

    unit: in words. places: how many decimals it may have.
    """

    name: str
    label: str
    unit: str
    default: Decimal | None
    least: Decimal
    most: Decimal
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a report.

    clinic: with all that belong to it; empty for all. knobs: assumptions by name. most: charts read
    in one go, None for all.
    """

    office: Office
    month: ServiceMonth
    clinic: str = ""
    knobs: Mapping[str, Decimal | None] = field(default_factory=dict)
    most: int | None = None

    @property
    def current(self) -> ServiceMonth:
        """The month it is now at the practice."""
        today = self.office.today()
        return ServiceMonth(today.year, today.month)

    @property
    def is_running(self) -> bool:
        """Whether the month is not over yet."""
        return self.month >= self.current

    def months(self, count: int = MONTHS_SHOWN) -> tuple[ServiceMonth, ...]:
        """Return so many months up to the one asked for, the earliest first."""
        found = [self.month]
        while len(found) < count:
            found.append(found[-1].previous())
        return tuple(reversed(found))

    def edges(self, month: ServiceMonth) -> tuple[int, int]:
        """Return the seconds between which a month lies at the practice, half-open."""
        zone = self.office.home_zone()
        return midnight(month.first_day, zone), midnight(month.next().first_day, zone)

    def instants(self, month: ServiceMonth) -> tuple[str, str]:
        """Return the same as ISO texts in UTC, as projections keep instants."""
        first, last = self.edges(month)
        return words_of(instant_of(first)), words_of(instant_of(last))

    def cards(self, permission: str) -> tuple[str, list[Value]]:
        """Return the condition on `card` for the patients a caller may count, with its values.

        Raises:
            ForbiddenError: the caller may not.
        """
        self.office.caller.require(permission)
        sql, values = "card.practice_id = %s", [self.office.book().number]
        found: list[Value] = list(values)
        held = self.office.clinics(permission)
        for clinics in (held, chosen_clinics(self.office, self.clinic)):
            if clinics is not None:
                sql += f" AND card.clinic IN ({', '.join(['%s'] * len(clinics)) or 'NULL'})"
                found += sorted(clinics)
        return sql, found


def month_label(month: ServiceMonth) -> str:
    """Return a month as a short label.

    Example:
        >>> month_label(ServiceMonth(2026, 3))
        'Mar 26'
    """
    return f"{date(month.year, month.month, 1):%b %y}"
