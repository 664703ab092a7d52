"""The short words of a scenario for days, instants and lengths of time.

A scenario is read by people, so `03-04 10:00` and `4m 59s` are enough: the year comes from the
scenario's month, the offset from its zone. This module refuses to know what the moments are for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from caretally.clock import zone

LENGTH = re.compile(r"(?:(\d+)h)? ?(?:(\d+)m)? ?(?:(\d+)s)?")
WITHOUT_YEAR = re.compile(r"\d\d-\d\d(?!\d)")


def length(text: str) -> int:
    """Return the seconds of a length such as `4m 59s`; a bare number is seconds.

    Raises:
        ValueError: the text is no length.

    Example:
        >>> length("1h 5s")
        3605
    """
    if text.isascii() and text.isdigit():
        return int(text)
    parts = LENGTH.fullmatch(text)
    if not text or parts is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return hours * 3600 + minutes * 60 + seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What a date without a year and a clock time without an offset mean in a scenario.

    year: the year of the scenario's month.
    zone_name: the IANA zone in which its clock times are told.
    """

    year: int
    zone_name: str

    def day(self, text: str) -> date:
        """Return the date of `03-04` or `2026-03-04`.

        Raises:
            ValueError: the text is no date.
        """
        return date.fromisoformat(self._with_year(text))

    def instant(self, text: str) -> datetime:
        """Return the instant of `03-04 10:00`, local, or of an ISO 8601 text with an offset.

        Raises:
            ValueError: the text is no instant.
        """
        told = datetime.fromisoformat(self._with_year(text))
        if len(text) < len("03-04 10:00"):
            raise ValueError(text)
        aware = told if told.tzinfo else told.replace(tzinfo=zone(self.zone_name))
        return aware.astimezone(UTC)

    def clock(self, day: date, text: str) -> datetime:
        """Return the instant of a clock time such as `09:00` on a day.

        Raises:
            ValueError: the text is no clock time.
        """
        return self.instant(f"{day.isoformat()} {text}")

    def _with_year(self, text: str) -> str:
        return f"{self.year:04d}-{text}" if WITHOUT_YEAR.match(text) else text
