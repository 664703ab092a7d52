"""What everybody has on record in a week: seconds by day, contacts, patients, and what looks wrong.

A week is read from the spans of the staff, never from all charts. Work of the same account in
another practice is counted against it by its spans alone; of whom it was is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from caretally.clock import instant_of, midnight
from caretally.journal.corrections import resolve
from caretally.journal.entries import ContactHeld, Entry
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.practice.roles import SEE_STAFF_LOAD
from caretally.practice.staff_names import name_of, staff_names
from caretally.store.gathering import stored_entries
from caretally.store.models import Membership
from caretally.store.ties import family_rows
from caretally.timekeeping.logged import parts_of
from caretally.timekeeping.queries import (
    DayLoad,
    attested,
    double_seconds,
    loads,
    overloaded,
    people_of,
)
from caretally.timekeeping.spans import Span, total_seconds

DAYS = 7
LATE = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week, from Monday, at the practice.

    begins, ends: in seconds since 1970, half-open.
    """

    first: date
    begins: int
    ends: int

    @property
    def days(self) -> tuple[date, ...]:
        """Its seven dates."""
        return tuple(self.first + timedelta(days=offset) for offset in range(DAYS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A person's week.

    days: seconds on record of each date. over: dates with more than a day holds. clashes: pairs of
    entries that claim the same second. elsewhere: seconds that the same account also has on record
    in another practice.
    """

    staff: str
    name: str
    days: tuple[int, ...]
    over: tuple[date, ...]
    entries: int
    contacts: int
    patients: int
    clashes: int
    attested_seconds: int
    late: int
    elsewhere: int

    @property
    def seconds(self) -> int:
        """Seconds of the week."""
        return sum(self.days)

    @property
    def attested_percent(self) -> int:
        """How much of it no timer measured, in whole percent."""
        return 100 * self.attested_seconds // self.seconds if self.seconds else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWeek:
    """Everybody's week, the fullest first."""

    week: Week
    capacity: timedelta
    loads: tuple[Load, ...]


def week_of(office: Office, day: date) -> Week:
    """Return the week in which a date lies."""
    first, home = day - timedelta(days=day.weekday()), office.home_zone()
    return Week(first=first, begins=midnight(first, home),
                ends=midnight(first + timedelta(days=DAYS), home))  # fmt: skip


def staff_week(office: Office, day: date) -> StaffWeek:
    """Return what everybody has on record in the week of a date.

    Raises:
        ForbiddenError: the caller may not see others' load.
    """
    office.caller.require(SEE_STAFF_LOAD)
    week = week_of(office, day)
    entries = entries_of(office, week)
    capacity = timedelta(hours=policies_on(office, day).whole("day_capacity_hours"))
    found = loads(entries, office.home_zone())
    over = overloaded(found, capacity)
    names = staff_names(office)
    clashes = [clash.person for clash in double_seconds(entries)]
    people = sorted({person for entry in entries for person in people_of(entry)})
    rows = [
        load_of(
            [each for each in entries if person in people_of(each)],
            week,
            Counted(
                person=person,
                name=name_of(names, person),
                days=tuple(each for each in found if each.person == person),
                over=tuple(each.day for each in over if each.person == person),
                clashes=clashes.count(person),
                elsewhere=seconds_elsewhere(office, person, week),
            ),
        )
        for person in people
    ]
    rows.sort(key=lambda each: (-each.seconds, each.staff))
    return StaffWeek(week=week, capacity=capacity, loads=tuple(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted of a person among all."""

    person: str
    name: str
    days: tuple[DayLoad, ...]
    over: tuple[date, ...]
    clashes: int
    elsewhere: int


def load_of(entries: list[Entry], week: Week, counted: Counted) -> Load:
    """Return a person's week from the entries in which the person worked."""
    by_day: Mapping[date, int] = {each.day: each.seconds for each in counted.days}
    by_hand = [part for entry in attested(entries) for part in parts_of(entry, counted.person)]
    return Load(
        staff=counted.person, name=counted.name,
        days=tuple(by_day.get(day, 0) for day in week.days), over=counted.over,
        entries=len(entries),
        contacts=sum(isinstance(each.body, ContactHeld) for each in entries),
        patients=len({each.patient for each in entries}),
        clashes=counted.clashes, attested_seconds=total_seconds(by_hand),
        late=sum(is_late(each) for each in entries), elsewhere=counted.elsewhere,
    )  # fmt: skip


def is_late(entry: Entry) -> bool:
    """Tell whether an entry was written down long after it took place."""
    end = getattr(entry.body, "end", None) or entry.at
    return bool(entry.recorded_at - end > LATE)


def entries_of(office: Office, week: Week) -> tuple[Entry, ...]:
    """Return the entries in force that begin in a week, of all staff on record."""
    book = office.book()
    rows = book.db.rows_in(
        "SELECT DISTINCT entry_id FROM store_staffspan WHERE practice_id = %s AND begins >= %s "
        "AND begins < %s AND person IN ({})",
        sorted(office.register().staff), book.number, week.begins, week.ends,
    )  # fmt: skip
    ids = {row[0] for row in rows}
    families = ids.union(*(pair[:2] for pair in family_rows(book, ids)))
    in_force = resolve(entry for entry, _ in stored_entries(book, families)).in_force
    found = [each for each in in_force if each.id in ids and people_of(each)]
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


def seconds_elsewhere(office: Office, staff: str, week: Week) -> int:
    """Return the seconds that an account has on record here and elsewhere at once."""
    users = Membership.objects.using(office.db.alias).filter(
        practice__name=office.practice, staff=staff
    )
    others = (
        Membership.objects.using(office.db.alias)
        .filter(user_id__in=users.values("user_id"))
        .exclude(practice__name=office.practice)
        .exclude(staff="")
    )
    there = [span for practice, person in others.values_list("practice_id", "staff").distinct()
             for span in spans_of(office, (practice, person), week)]  # fmt: skip
    if not there:
        return 0
    here = list(spans_of(office, (office.book().number, staff), week))
    return total_seconds(here) + total_seconds(there) - total_seconds([*here, *there])


def spans_of(office: Office, worker: tuple[int, str], week: Week) -> Iterable[Span]:
    """Return when somebody worked in a practice, by number, as spans alone."""
    rows = office.db.rows(
        "SELECT begins, ends FROM store_staffspan WHERE practice_id = %s AND person = %s "
        "AND begins >= %s AND begins < %s AND ends > begins",
        worker[0], worker[1], week.begins, week.ends,
    )  # fmt: skip
    return [Span(instant_of(row[0]), instant_of(row[1])) for row in rows]
