"""Instants, local days and service months; the only place that reads the clock.

Local time exists here, in the fold and on pages. Elsewhere an instant is aware and UTC, a day is
an integer (days since 1970-01-01) and a month is half-open in instants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
DEFAULT_ZONE = "America/New_York"
"""Zone of an enrollment where neither it nor its practice names one (contract section 1)."""


_ahead = timedelta(0)


def now() -> datetime:
    """Return the current instant, aware and in UTC; in a demonstration, that of its own clock."""
    return datetime.now(UTC) + _ahead


def outside() -> datetime:
    """Return the current instant outside of any demonstration, for leases and restarts."""
    return datetime.now(UTC)


def set_ahead(ahead: timedelta) -> None:
    """Let this process live so much later, or earlier where negative; for demonstrations only."""
    global _ahead  # noqa: PLW0603 - one clock a process
    _ahead = ahead


def ahead() -> timedelta:
    """Return how far this process lives from the time outside; nothing but in demonstrations."""
    return _ahead


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def date_of(day: int) -> date:
    """Return the calendar date of a day number."""
    return date.fromordinal(day + EPOCH_ORDINAL)


def seconds_of(instant: datetime) -> int:
    """Return whole seconds since 1970-01-01T00:00Z; fractions are cut (contract section 1)."""
    since = instant - EPOCH
    return since.days * 86400 + since.seconds


def instant_of(seconds: int) -> datetime:
    """Return the aware UTC instant of a count of seconds since 1970-01-01T00:00Z."""
    return datetime.fromtimestamp(seconds, UTC)


def microseconds_of(instant: datetime) -> int:
    """Return the microseconds since 1970-01-01T00:00Z of an aware instant."""
    return (instant - EPOCH) // _MICROSECOND


def instant_of_microseconds(count: int) -> datetime:
    """Return the aware UTC instant of a count of microseconds since 1970-01-01T00:00Z."""
    return EPOCH + timedelta(microseconds=count)


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name.

    Raises:
        ValueError: no such zone is known.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone") from error


def local_date(instant: datetime, zone_name: str) -> date:
    """Return the calendar date of an instant in a zone."""
    return instant.astimezone(zone(zone_name)).date()


def midnight(day: date, zone_name: str) -> int:
    """Return the second at which a local date begins; a skipped midnight begins after the gap."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone(zone_name))
    return seconds_of(local)


@lru_cache(maxsize=128)
def midnights(zone_name: str, first_year: int, last_year: int) -> tuple[int, ...]:
    """Return the beginning of every local date from 1 January of the first to that after the last.

    Item i is the second at which day `day_number(date(first_year, 1, 1)) + i` begins.
    """
    day, last = date(first_year, 1, 1), date(last_year + 1, 1, 1)
    return tuple(
        midnight(day + timedelta(days=offset), zone_name) for offset in range((last - day).days + 1)
    )


@dataclass(frozen=True, slots=True, order=True)
class ServiceMonth:
    """A calendar month in which services are counted, local to an enrollment.

    Example:
        >>> str(ServiceMonth.parse("2026-03").next())
        '2026-04'
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> ServiceMonth:
        """Read a month written YYYY-MM.

        Raises:
            ValueError: the text is no such month.
        """
        year, dash, month = text.partition("-")
        shaped = dash and len(year) == 4 and len(month) == 2 and (year + month).isascii()
        if not shaped or not (year + month).isdigit() or not 1 <= int(month) <= 12 or year < "1900":
            raise ValueError(f"{text!r} is no month; write it as YYYY-MM, for example 2026-03")
        return cls(int(year), int(month))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> date:
        """The first calendar date of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last calendar date of the month."""
        return self.next().first_day - timedelta(days=1)

    def next(self) -> ServiceMonth:
        """Return the month after this one."""
        return ServiceMonth(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> ServiceMonth:
        """Return the month before this one."""
        return ServiceMonth(self.year - (self.month == 1), (self.month - 2) % 12 + 1)
