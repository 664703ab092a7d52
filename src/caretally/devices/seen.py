"""What is on record of one patient's readings, to be asked by instant, vendor's id and metric.

It grows with the record and is worked out from nothing else; it may be forgotten at any time.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from caretally.clock import seconds_of
from caretally.journal.entries import Entry, EntryVoided, ReadingRecorded
from caretally.journal.quantities import BY_LOINC, amount

Number = tuple[Decimal, str]
"""A value and its UCUM unit."""


class Amount(NamedTuple):
    """A value in the unit its metric is compared in."""

    at: int
    entry_id: str
    value: Decimal


def values_of(body: ReadingRecorded) -> dict[str, Number]:
    """Return the values of a reading by metric, one code for each thing that can be measured."""
    found: dict[str, Number] = {}
    if body.value is not None:
        found[one_code(body.metric)] = (body.value, body.unit or "")
    for part in body.components:
        found[one_code(part.metric)] = (part.value, part.unit)
    return found


def one_code(metric: str) -> str:
    """Return the code a metric is known by here; of one that is not known, its own."""
    known = BY_LOINC.get(metric)
    return metric if known is None else known.loinc


@dataclass(slots=True)
class Seen:
    """Readings in force of one patient.

    count: entries of the stream that were looked at. last: the id of the last of them. is_open:
    whether a batch is at work that goes on from here.
    """

    count: int = 0
    last: str = ""
    is_open: bool = False
    by_id: dict[str, Entry] = field(default_factory=dict)
    by_second: dict[int, list[str]] = field(default_factory=dict)
    seconds: list[int] = field(default_factory=list)
    by_vendor: dict[tuple[str, str], str] = field(default_factory=dict)
    amounts: dict[str, list[Amount]] = field(default_factory=dict)

    def goes_on_in(self, entries: Sequence[Entry]) -> bool:
        """Tell whether a stream is what was looked at, or goes on from there."""
        if self.count > len(entries):
            return False
        return self.count == 0 or entries[self.count - 1].id == self.last

    def take(self, entries: Iterable[Entry]) -> None:
        """Take in the next entries of the stream."""
        for entry in entries:
            self.count, self.last = self.count + 1, entry.id
            if entry.supersedes is not None:
                self.drop(entry.supersedes)
            if isinstance(entry.body, EntryVoided):
                self.drop(entry.body.entry)
            elif isinstance(entry.body, ReadingRecorded):
                self.add(entry, entry.body)

    def add(self, entry: Entry, body: ReadingRecorded) -> None:
        """Take in a reading."""
        second = seconds_of(body.measured_at)
        self.by_id[entry.id] = entry
        if second not in self.by_second:
            insort(self.seconds, second)
        self.by_second.setdefault(second, []).append(entry.id)
        if body.vendor_reading_id is not None:
            self.by_vendor[body.device, body.vendor_reading_id] = entry.id
        if body.origin == "device":
            for metric, (value, unit) in values_of(body).items():
                found = amount(metric, value, unit)
                if found is not None:
                    insort(self.amounts.setdefault(metric, []), Amount(second, entry.id, found))

    def drop(self, entry_id: str) -> None:
        """Take out a reading that no longer counts; of what is none, nothing."""
        entry = self.by_id.pop(entry_id, None)
        if entry is None or not isinstance(entry.body, ReadingRecorded):
            return
        body, second = entry.body, seconds_of(entry.body.measured_at)
        self.by_second[second].remove(entry_id)
        name = (body.device, body.vendor_reading_id or "")
        if self.by_vendor.get(name) == entry_id:
            del self.by_vendor[name]
        for metric in values_of(body):
            known = self.amounts.get(metric, [])
            known[:] = [each for each in known if each.entry_id != entry_id]

    def near(self, at: datetime, within: timedelta) -> Iterator[Entry]:
        """Yield readings measured around an instant, both ends included, by time."""
        second, reach = seconds_of(at), int(within.total_seconds())
        place = bisect_left(self.seconds, second - reach)
        while place < len(self.seconds) and self.seconds[place] <= second + reach:
            for entry_id in self.by_second[self.seconds[place]]:
                yield self.by_id[entry_id]
            place += 1

    def recent(self, metric: str, at: datetime, within: timedelta, most: int) -> list[Decimal]:
        """Return the latest values of a metric before an instant, the oldest first."""
        known = self.amounts.get(one_code(metric), [])
        second = seconds_of(at)
        end = bisect_left(known, (second,))
        begin = max(bisect_left(known, (second - int(within.total_seconds()),)), end - most)
        return [each.value for each in known[begin:end]]
