"""What reports read from charts themselves: measurements, attempts, diagnoses.

A chart is read by the lines that can matter, chosen by the database, and remembered by its length:
an entry more and it is read again. Numbers stay exact decimals and are turned into one unit or left
out and counted; what was replaced, voided or sent twice counts once or not at all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import NamedTuple

import msgspec

from caretally.clock import ServiceMonth, instant_of, seconds_of
from caretally.journal.quantities import DIASTOLIC, GLUCOSE, SYSTOLIC, WEIGHT, amount
from caretally.practice.reports import Asked
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.database import Database, Value, batches

WINDOW = timedelta(days=30)
"""The days at the end of the month, and the days after enrollment, that averages are of."""
AT_ONCE = 400
"""Charts read with one query."""
MOST_KEPT = 60_000
METRICS = {
    SYSTOLIC: (SYSTOLIC,), DIASTOLIC: (DIASTOLIC,), WEIGHT: (WEIGHT, "3141-9"),
    GLUCOSE: (GLUCOSE, "2339-0", "2345-7", "15074-8", "99504-3"),
}  # fmt: skip
CANON = {code: name for name, codes in METRICS.items() for code in codes}
IN_RANGE = (Decimal(70), Decimal(180))
"""Milligrams in a deciliter: glucose from the first to the second, both included, is in range."""
HEART_FAILURE = ("I50", "I110", "I130", "I132")
"""How ICD-10-CM codes of heart failure begin, without their point."""
READING, ATTEMPT, ENROLLED = "reading_recorded", "contact_attempted", "enrolled"


class Part(msgspec.Struct):
    """A part of a reading, as far as a report reads it."""

    metric: str
    value: Decimal
    unit: str


class Body(msgspec.Struct):
    """The body of an entry, as far as a report reads it."""

    device: str = ""
    metric: str = ""
    value: Decimal | None = None
    unit: str = ""
    components: list[Part] = msgspec.field(default_factory=list)
    origin: str = ""
    vendor_reading_id: str = ""
    diagnoses: list[str] = msgspec.field(default_factory=list)
    program: str = ""
    start: datetime | None = None
    end: datetime | None = None


class Line(msgspec.Struct):
    """An entry, as far as a report reads it."""

    id: str
    kind: str
    at: datetime
    recorded_at: datetime
    body: Body


DECODER = msgspec.json.Decoder(Line)


@dataclass(frozen=True, slots=True)
class Mean:
    """A sum of so many values, on so many days; the average is never kept."""

    count: int = 0
    total: Decimal = Decimal(0)
    days: int = 0
    within: int = 0

    @property
    def value(self) -> Decimal | None:
        """The average; None without values."""
        return self.total / self.count if self.count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one chart says of a month.

    now, first: averages by LOINC code, over the 30 days that end with the month or the present, and
    over the 30 days from enrollment. enrolled_at: of the first enrollment; None without one. typed:
    readings of the 30 days that no device sent; left_out: those in units that say nothing.
    """

    enrolled_at: datetime | None = None
    has_heart_failure: bool = False
    now: Mapping[str, Mean] = field(default_factory=dict)
    first: Mapping[str, Mean] = field(default_factory=dict)
    attempts: int = 0
    attempt_seconds: int = 0
    typed: int = 0
    left_out: int = 0


class ChartRow(NamedTuple):
    """A chart by the number of its stream, and how long it is."""

    stream: int
    length: int
    patient: str
    name: str


Key = tuple[int, int, str, int]


@dataclass(slots=True)
class Remembered:
    """What charts said, by stream, length, month and end; safe to share between threads."""

    found: OrderedDict[Key, Measured] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def of(self, key: Key) -> Measured | None:
        """Return what is remembered of a chart."""
        with self.lock:
            return self.found.get(key)

    def keep(self, key: Key, made: Measured) -> None:
        """Remember, and forget what was remembered first where there is too much."""
        with self.lock:
            self.found[key] = made
            while len(self.found) > MOST_KEPT:
                self.found.popitem(last=False)


REMEMBERED = Remembered()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """Charts that were read, and how many were not yet."""

    rows: tuple[tuple[ChartRow, Measured], ...]
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From an instant, included, to another, excluded."""

    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return self.begins <= at < self.ends

    def patterns(self, kind: str) -> tuple[str, ...]:
        """Return what lines of a kind look like that may lie in it: the months in UTC."""
        found, month = [], ServiceMonth(self.begins.year, self.begins.month)
        while month.first_day <= self.ends.date():
            found.append(f'%"kind":"{kind}",%"at":"{month}-%')
            month = month.next()
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """What is looked for in charts.

    month: the month at the practice. now: the 30 days that end with it, or with the present hour
    while it lasts. with_readings: whether readings are read; attempts alone take far less.
    """

    month: Span
    now: Span
    with_readings: bool

    @property
    def key(self) -> int:
        """What tells lenses of one month apart."""
        return seconds_of(self.now.ends) if self.with_readings else 0


def lens_of(asked: Asked, *, with_readings: bool) -> Lens:
    """Return what is looked for; worked out once for all charts."""
    first, last = (instant_of(each) for each in asked.edges(asked.month))
    present = asked.office.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = min(last, present)
    return Lens(month=Span(begins=first, ends=last), now=Span(begins=end - WINDOW, ends=end),
                with_readings=with_readings)  # fmt: skip


def charts_of(asked: Asked, *, with_readings: bool = True) -> Charts:
    """Return what the charts of the patients counted say of a month, as far as read in one go."""
    lens = lens_of(asked, with_readings=with_readings)
    rows = chart_rows(asked)
    keys = {row: (row.stream, row.length, str(asked.month), lens.key) for row in rows}
    known = {row: REMEMBERED.of(keys[row]) for row in rows}
    unknown = [row for row in rows if known[row] is None]
    chosen = unknown if asked.most is None else unknown[: asked.most]
    for some in (chosen[n : n + AT_ONCE] for n in range(0, len(chosen), AT_ONCE)):
        for row, read in read_charts(asked.office.db, some, lens):
            REMEMBERED.keep(keys[row], read)
            known[row] = read
    found = tuple((row, made) for row in rows if (made := known[row]) is not None)
    return Charts(rows=found, waiting=len(unknown) - len(chosen))


def chart_rows(asked: Asked) -> list[ChartRow]:
    """Return the charts of the patients counted who had begun by the month, in order of ids."""
    where, values = asked.cards(SEE_PATIENTS)
    sql = (
        "SELECT card.stream_id, stream.length, card.patient, card.name FROM store_patientcard "  # noqa: S608
        f"AS card JOIN store_stream AS stream ON stream.id = card.stream_id WHERE {where} "
        "AND EXISTS (SELECT 1 FROM store_patientmonth AS kept WHERE kept.stream_id = "
        "card.stream_id AND kept.month = %s) ORDER BY card.patient"
    )
    return [ChartRow(*row) for row in asked.office.db.rows(sql, *values, str(asked.month))]


def read_charts(
    db: Database, rows: Sequence[ChartRow], lens: Lens
) -> Iterator[tuple[ChartRow, Measured]]:
    """Yield charts with what they say; three passes over the lines that can matter."""
    streams = [row.stream for row in rows]
    set_aside = {
        row[0]
        for row in db.rows_in(
            "SELECT target_id FROM store_correction WHERE target_stream_id IN ({})", streams
        )
    }
    attempts = lines_of(db, streams, lens.month.patterns(ATTEMPT), set_aside)
    if not lens.with_readings:
        for row in rows:
            yield row, with_attempts(Measured(), attempts.get(row.stream, ()), lens)
        return
    papers = lines_of(db, streams, (f'%"kind":"{ENROLLED}",%',), set_aside)
    recent = lines_of(db, streams, lens.now.patterns(READING), set_aside)
    begun = {stream: first_enrolled(papers.get(stream, ())) for stream in streams}
    earliest = first_lines(db, begun, set_aside, lens)
    for row in rows:
        told = (recent.get(row.stream, ()), earliest.get(row.stream, ()))
        made = measured(papers.get(row.stream, ()), begun[row.stream], told, lens)
        yield row, with_attempts(made, attempts.get(row.stream, ()), lens)


def lines_of(
    db: Database, streams: Iterable[Value], patterns: Sequence[str], set_aside: set[str]
) -> dict[int, list[Line]]:
    """Return the lines of streams that look like a pattern, but for those that count no more."""
    like = " OR ".join(["line LIKE %s"] * len(patterns))
    sql = f"SELECT stream_id, line FROM store_entry WHERE ({like}) AND stream_id IN ({{}})"  # noqa: S608
    found: dict[int, list[Line]] = {}
    for part in batches(streams, AT_ONCE):
        for stream, line in db.rows_in(sql, part, *patterns):
            read = DECODER.decode(line)
            if read.id not in set_aside:
                found.setdefault(stream, []).append(read)
    return found


def first_enrolled(papers: Iterable[Line]) -> datetime | None:
    """Return when a patient was first enrolled."""
    return min((each.at for each in papers if each.kind == ENROLLED), default=None)


def compared(enrolled_at: datetime | None, lens: Lens) -> Span | None:
    """Return the first 30 days, where they were over before the last ones began; else None."""
    if enrolled_at is None or enrolled_at + WINDOW > lens.now.begins:
        return None
    return Span(begins=enrolled_at, ends=enrolled_at + WINDOW)


def first_lines(
    db: Database, begun: Mapping[int, datetime | None], set_aside: set[str], lens: Lens
) -> dict[int, list[Line]]:
    """Return the readings of the first 30 days, asked together for those who began alike."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for stream, at in begun.items():
        span = compared(at, lens)
        if span is not None:
            alike.setdefault(span.patterns(READING), []).append(stream)
    found: dict[int, list[Line]] = {}
    for patterns, streams in alike.items():
        found |= lines_of(db, streams, patterns, set_aside)
    return found


def with_attempts(made: Measured, lines: Iterable[Line], lens: Lens) -> Measured:
    """Return what a chart says, with its attempts of the month."""
    found = [each.body for each in lines if lens.month.holds(each.at)]
    return replace(
        made, attempts=len(found),
        attempt_seconds=sum(seconds_of(each.end) - seconds_of(each.start)
                            for each in found if each.start and each.end),
    )  # fmt: skip


def measured(
    papers: Sequence[Line], enrolled_at: datetime | None,
    told: tuple[Sequence[Line], Sequence[Line]], lens: Lens,
) -> Measured:  # fmt: skip
    """Return what readings say; told: those that may be of the last days, and of the first."""
    recent, earliest = told
    diagnoses = [code.replace(".", "") for each in papers for code in each.body.diagnoses]
    in_window = [each for each in recent if lens.now.holds(each.at)]
    means, left_out = means_of(in_window)
    beginning = compared(enrolled_at, lens)
    at_first: Mapping[str, Mean] = {}
    if beginning is not None:
        at_first = means_of(each for each in earliest if beginning.holds(each.at))[0]
    return Measured(
        enrolled_at=enrolled_at,
        has_heart_failure=any(code.startswith(HEART_FAILURE) for code in diagnoses),
        now=means, first=at_first,
        typed=sum(each.body.origin != "device" for each in in_window), left_out=left_out,
    )  # fmt: skip


def means_of(lines: Iterable[Line]) -> tuple[dict[str, Mean], int]:
    """Return sums of what devices sent, by LOINC code, and how many numbers had a strange unit."""
    sums: dict[str, tuple[int, Decimal, set[int], int]] = {}
    left_out = 0
    for line in once(lines):
        for metric, value, unit in values_of(line.body):
            name = CANON.get(metric)
            if name is None:
                continue
            known = amount(name, value, unit)
            if known is None:
                left_out += 1
                continue
            count, total, days, within = sums.get(name, (0, Decimal(0), set(), 0))
            days.add(line.at.toordinal())
            fits = IN_RANGE[0] <= known <= IN_RANGE[1]
            sums[name] = (count + 1, total + known, days, within + fits)
    found = {
        name: Mean(count, total, len(days), within)
        for name, (count, total, days, within) in sums.items()
    }
    return found, left_out


def values_of(body: Body) -> Iterator[tuple[str, Decimal, str]]:
    """Yield metric, number and unit of everything a reading holds."""
    if body.value is not None:
        yield body.metric, body.value, body.unit
    for part in body.components:
        yield part.metric, part.value, part.unit


def once(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield readings of devices, each once: of two with the vendor's same id the later written."""
    by_name: dict[tuple[str, str], Line] = {}
    rest: list[Line] = []
    for line in sorted(lines, key=lambda each: (each.recorded_at, each.id)):
        if line.body.origin != "device":
            continue
        if line.body.vendor_reading_id:
            by_name[line.body.device, line.body.vendor_reading_id] = line
        else:
            rest.append(line)
    seen: set[tuple[object, ...]] = set()
    for line in (*by_name.values(), *rest):
        key = (line.body.device, line.at, tuple(sorted(values_of(line.body))))
        if key not in seen:
            seen.add(key)
            yield line
