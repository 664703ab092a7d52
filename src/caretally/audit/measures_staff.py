"""House measures of people's time on record: lengths, hours of the day, and two places at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from caretally.audit.chances import odds_against, odds_words
from caretally.audit.findings import Bar, Case, Figure, Finding, exceeds, listed, plural
from caretally.audit.rows import Audited, WorkRow
from caretally.clock import instant_of, local_date, midnight, zone

LEAST_SPANS = 20
SAME_COUNT, SAME_PERCENT = 10, 20
ROUND_SECONDS, ROUND_COUNT, ROUND_PERCENT = 300, 10, 20
DAY = 24 * 3600
NIGHT_BEGINS, NIGHT_ENDS = 22, 5
NIGHT_LEAST = 600
Stretch = tuple[int, int]


def by_person(work: Iterable[WorkRow]) -> dict[str, list[WorkRow]]:
    """Return people's rows by staff id, agents left out: a program may do many things at once."""
    found: dict[str, list[WorkRow]] = {}
    for row in work:
        if not row.is_agent and row.seconds > 0:
            found.setdefault(row.staff, []).append(row)
    return dict(sorted(found.items()))


def identical_durations(audited: Audited) -> Finding:
    """A person's stretches of time last exactly as long again and again.

    How: per person with 20 stretches or more, how often the most frequent length, to the second,
      occurs. Timers hardly ever stop at the same second twice.
    Published: no figure; the record must show each activity's start, end and person.
    Sources: PREVC, D3RX, RVUDOC.
    Alarm: one length 10 times or more, and in more than 20 % of a person's stretches.
    Confidence: L.
    """
    bars, cases = [], []
    for staff, rows in by_person(audited.work).items():
        if len(rows) < LEAST_SPANS:
            continue
        seconds, count = Counter(row.seconds for row in rows).most_common(1)[0]
        figure = Figure(count, len(rows))
        rings = count >= SAME_COUNT and exceeds(figure, SAME_PERCENT)
        bars.append(Bar(staff, figure, rings))
        if rings:
            same = tuple(row.entry for row in rows if row.seconds == seconds)
            cases.append(Case(f"{count} of {len(rows)} stretches last {length(seconds)}",
                              staff=staff, entries=same[:LEAST_SPANS]))  # fmt: skip
    return of_people(bars, cases, "one length again and again")


def round_minutes(audited: Audited) -> Finding:
    """A person's stretches are whole multiples of five minutes more often than chance allows.

    How: per person with 20 stretches or more, the share that lasts 5, 10, 15 … minutes to the
      second. By chance one in 300 does.
    Published: no figure; the record must show each activity's start, end and person.
    Sources: PREVC, D3RX, RVUDOC.
    Alarm: 10 times or more, and in more than 20 % of a person's stretches.
    Confidence: L.
    """
    bars, cases = [], []
    for staff, rows in by_person(audited.work).items():
        if len(rows) < LEAST_SPANS:
            continue
        found = [row for row in rows if row.seconds % ROUND_SECONDS == 0]
        figure = Figure(len(found), len(rows))
        rings = len(found) >= ROUND_COUNT and exceeds(figure, ROUND_PERCENT)
        bars.append(Bar(staff, figure, rings))
        if rings:
            odds = odds_words(odds_against(len(found), len(rows), ROUND_SECONDS))
            cases.append(Case(f"{len(found)} of {len(rows)} stretches are round; {odds}",
                              staff=staff,
                              entries=tuple(row.entry for row in found[:LEAST_SPANS])))  # fmt: skip
    return of_people(bars, cases, "round minutes")


def of_people(bars: Sequence[Bar], cases: Sequence[Case], what: str) -> Finding:
    """Return a finding that counts people."""
    kept, count = listed(cases)
    ordered = sorted(bars, key=lambda bar: (-bar.figure.permille, bar.staff))
    return Finding(
        figure=Figure(len(cases), len(bars)),
        says=f"{plural(len(cases), 'person', 'people')} with {what}, of {len(bars):,} with "
        f"{LEAST_SPANS} stretches or more",
        rings=bool(cases), cases=kept, count=count, bars=tuple(ordered),
    )  # fmt: skip


def impossible_days(audited: Audited) -> Finding:
    """A person has more time on record on a day than a person's day holds.

    How: per person and local day, each second once, against the practice's policy of a day's
      capacity; and with seconds that are claimed twice, against 24 hours.
    Published: no figure; the record must show each activity's start, end and person.
    Sources: PREVC, D3RX, RVUDOC.
    Alarm: any.
    Confidence: M.
    """
    cases, bars = [], []
    for staff, rows in by_person(audited.work).items():
        days = by_day(rows, audited.zone)
        over = [day for day, parts in days.items() if is_impossible(parts, audited.capacity)]
        bars.append(Bar(staff, Figure(len(over), len(days)), bool(over)))
        for day in over:
            once, twice = union_seconds(days[day]), raw_seconds(days[day])
            entries = tuple(row.entry for row in rows if day in days_of(row, audited.zone))
            more = f"; {length(twice)} with what is claimed twice" if twice > once else ""
            cases.append(Case(f"{length(once)} on record{more}", staff=staff,
                              entries=entries[:LEAST_SPANS], on=str(day)))  # fmt: skip
    kept, count = listed(cases)
    whole = sum(bar.figure.whole or 0 for bar in bars)
    return Finding(
        figure=Figure(len(cases), whole), says=f"{plural(len(cases), 'day')} of people beyond "
        f"{length(audited.capacity)}", rings=bool(cases), cases=kept, count=count,
        bars=tuple(bars),
    )  # fmt: skip


def is_impossible(parts: Sequence[Stretch], capacity: int) -> bool:
    """Tell whether a day holds more than a person's day can."""
    return union_seconds(parts) > capacity or raw_seconds(parts) > DAY


def night_work(audited: Audited) -> Finding:
    """Time is on record at night of people who were not on call.

    How: seconds between 22:00 and 05:00, local to the practice, by people who were not on the
      roster of calls then; 10 minutes of a night or more.
    Published: none.
    Sources: none.
    Alarm: none; reported, since a practice may have work at night.
    Confidence: L.
    """
    cases = []
    nights = 0
    for staff, rows in by_person(audited.work).items():
        found = night_seconds(rows, audited.on_call.get(staff, ()), audited.zone)
        nights += len(found)
        for night, (seconds, entries) in sorted(found.items()):
            if seconds >= NIGHT_LEAST:
                cases.append(Case(f"{length(seconds)} at night, not on call", staff=staff,
                                  entries=tuple(entries[:LEAST_SPANS]), on=str(night)))  # fmt: skip
    kept, count = listed(cases)
    return Finding(
        figure=Figure(len(cases)), says=f"{plural(len(cases), 'night')} with 10 minutes or more by "
        "somebody who was not on call", cases=kept, count=count,
    )  # fmt: skip


def night_seconds(
    rows: Iterable[WorkRow], on_call: Iterable[Stretch], zone_name: str
) -> dict[date, tuple[int, list[str]]]:
    """Return seconds at night outside of calls, by the date on which the night begins."""
    found: dict[date, tuple[int, list[str]]] = {}
    for row in rows:
        for night, part in nights_of(row, zone_name):
            seconds = sum(ends - begins for begins, ends in outside(part, on_call))
            if seconds:
                before, entries = found.get(night, (0, []))
                found[night] = before + seconds, [*entries, row.entry]
    return found


def nights_of(row: WorkRow, zone_name: str) -> Iterator[tuple[date, Stretch]]:
    """Yield the parts of a stretch at night, with the date on which the night begins."""
    home = zone(zone_name)
    begins, ends = instant_of(row.begins).astimezone(home), instant_of(row.ends).astimezone(home)
    is_day = begins.hour >= NIGHT_ENDS and ends.hour < NIGHT_BEGINS and begins.date() == ends.date()
    if is_day:
        return
    first = begins.date().toordinal() - 1
    for ordinal in range(first, ends.date().toordinal() + 1):
        night = date.fromordinal(ordinal)
        dusk = midnight(night, zone_name) + NIGHT_BEGINS * 3600
        dawn = midnight(date.fromordinal(ordinal + 1), zone_name) + NIGHT_ENDS * 3600
        part = max(row.begins, dusk), min(row.ends, dawn)
        if part[0] < part[1]:
            yield night, part


def two_places(audited: Audited) -> Finding:
    """A person has the same second on record in two practices.

    How: per person, seconds that the same account also has on record in another practice; of that
      one only when somebody worked is read.
    Published: no figure; the record must show each activity's start, end and person.
    Sources: PREVC, D3RX, RVUDOC.
    Alarm: any.
    Confidence: M.
    """
    cases, seconds = [], 0
    for staff, rows in by_person(audited.work).items():
        there = audited.elsewhere.get(staff, ())
        both = [(row, both_seconds((row.begins, row.ends), there)) for row in rows] if there else []
        hit = [(row, count) for row, count in both if count]
        if hit:
            mine = union((row.begins, row.ends) for row, _ in hit)
            own = sum(both_seconds(each, there) for each in mine)
            seconds += own
            entries = tuple(row.entry for row, _ in hit[:LEAST_SPANS])
            cases.append(
                Case(f"{length(own)} also on record elsewhere", staff=staff, entries=entries)
            )
    kept, count = listed(cases)
    return Finding(
        figure=Figure(seconds // 60), says=f"{length(seconds)} of "
        f"{plural(len(cases), 'person', 'people')} in two practices at once",
        rings=bool(cases), cases=kept, count=count,
    )  # fmt: skip


# --- stretches ------------------------------------------------------------------------------------


def union(parts: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return stretches that hold the same seconds, each once, by time."""
    made: list[Stretch] = []
    for begins, ends in sorted(parts):
        if made and begins <= made[-1][1]:
            made[-1] = made[-1][0], max(made[-1][1], ends)
        elif begins < ends:
            made.append((begins, ends))
    return tuple(made)


def union_seconds(parts: Iterable[Stretch]) -> int:
    """Return the seconds of stretches, each second once."""
    return raw_seconds(union(parts))


def raw_seconds(parts: Iterable[Stretch]) -> int:
    """Return the lengths of stretches added up."""
    return sum(ends - begins for begins, ends in parts)


def both_seconds(part: Stretch, others: Iterable[Stretch]) -> int:
    """Return the seconds of a stretch that lie in others as well."""
    cut = ((max(part[0], begins), min(part[1], ends)) for begins, ends in others)
    return union_seconds(each for each in cut if each[0] < each[1])


def outside(part: Stretch, others: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of a stretch without others."""
    left, at = [], part[0]
    for begins, ends in union(others):
        if ends <= at or begins >= part[1]:
            continue
        if begins > at:
            left.append((at, begins))
        at = ends
    return [*left, (at, part[1])] if at < part[1] else left


def days_of(row: WorkRow, zone_name: str) -> tuple[date, ...]:
    """Return the local dates that a stretch touches."""
    first = local_date(instant_of(row.begins), zone_name)
    last = local_date(instant_of(row.ends - 1), zone_name)
    return tuple(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))


def by_day(rows: Iterable[WorkRow], zone_name: str) -> dict[date, list[Stretch]]:
    """Return stretches cut at local midnight, by date."""
    found: dict[date, list[Stretch]] = {}
    for row in rows:
        for day in days_of(row, zone_name):
            following = date.fromordinal(day.toordinal() + 1)
            begins = max(row.begins, midnight(day, zone_name))
            ends = min(row.ends, midnight(following, zone_name))
            found.setdefault(day, []).append((begins, ends))
    return dict(sorted(found.items()))


def length(seconds: int) -> str:
    """Return seconds in words, nothing rounded.

    Example:
        >>> length(3_725)
        '1 h 2 min 5 s'
    """
    hours, rest = divmod(seconds, 3600)
    parts = ((hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


STAFF_MEASURES = (
    identical_durations, round_minutes, impossible_days, night_work, two_places,
)  # fmt: skip
