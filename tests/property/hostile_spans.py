"""Contacts, attempts and logged time for the hostile generator: exact totals, or a heap of ties."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from caretally.clock import ServiceMonth
from caretally.journal import entries as kinds
from tests.property.hostile_writer import Writer

ZONES = (
    "America/New_York", "America/New_York", "America/Chicago", "America/Los_Angeles",
    "America/Phoenix", "Pacific/Honolulu", "Asia/Kolkata", "Pacific/Guam",
)  # fmt: skip
TOTALS = (
    0, 300, 599, 600, 600, 601, 900, 1199, 1200, 1200, 1201, 1800, 2399, 2400, 2400, 3599, 3600,
    4799, 4800, 6000, 7300,
)  # fmt: skip
LIVE = (0, 1, 60, 299, 300, 599, 600, 1199, 1200, 2400)
LENGTHS = (0, 1, 5, 9, 10, 30, 60, 60, 120, 300, 300, 600, 600, 900, 1200, 1800)
ODD_LENGTHS = (-10, 7200, 28800, 28801)
STAFF = ("n1", "n1", "n1", "n2", "n2", "d1", "d2", "n3", "n4", "n5", "m1", "x1", "ghost", "ai")
GOOD_STAFF = ("n1", "n2", "d1", "d2")
CATEGORIES = ("review", "review", "review", "coordination", "treatment_change", "education",
              "documentation", "supervision", "administrative", "travel")  # fmt: skip
TOPICS = (("device_data",), ("symptoms", "general"), ("medication",), ("care_plan",))


class Served(Protocol):
    """What is needed to know of a patient."""

    name: str
    zone: str
    programs: list[str]


def local(day: date, second: int, zone: str) -> datetime:
    """An instant so many seconds after a local midnight."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return midnight + timedelta(seconds=second)


def main_program(chart: Served, rng: random.Random) -> str:
    """Mostly the program that is decided; at times another, enrolled or not."""
    draw = rng.random()
    if chart.programs and draw < 0.7:
        return chart.programs[0]
    if chart.programs and draw < 0.95:
        return rng.choice(chart.programs)
    return rng.choice(("rpm", "rtm", "ccm", "pcm", "bhi", "tcm"))


def write_spans(writer: Writer, charts: Sequence[Served], month: ServiceMonth) -> None:
    """Give each patient exact totals, a heap, or both."""
    rng = writer.rng
    pool = instants(rng, charts, month) + turning_points(writer, charts, month)
    for number, chart in enumerate(charts):
        draw = rng.random()
        if draw < 0.8:
            write_exact(writer, chart, number, month)
        if draw < 0.1 or draw > 0.6:
            for _ in range(rng.randrange(6, 24)):
                write_heap_span(writer, chart, rng.choice(pool), month)
        if rng.random() < 0.3:
            write_attempt(writer, chart, rng.choice(pool))


def instants(rng: random.Random, charts: Sequence[Served], month: ServiceMonth) -> list[datetime]:
    """A few starts that all patients share: month edges, clock changes, plain mornings."""
    chart = rng.choice(charts)
    found = [
        local(month.first_day, -rng.choice((1, 30, 300, 600)), chart.zone),
        local(month.last_day, 86400 - rng.choice((1, 60, 900)), rng.choice(charts).zone),
        local(month.first_day + timedelta(days=rng.randrange(28)), 86000, chart.zone),
    ]
    found += [
        local(month.first_day + timedelta(days=rng.randrange(28)), 36000, "UTC") for _ in range(3)
    ]
    if str(month) in ("2026-03", "2026-11"):
        change = date(2026, 3, 8) if str(month) == "2026-03" else date(2026, 11, 1)
        found.append(local(change, rng.choice((0, 3600, 7000, 7200)), "America/New_York"))
        found.append(local(change, 86000, "America/New_York"))
    return found


def turning_points(writer: Writer, charts: Sequence[Served], month: ServiceMonth) -> list[datetime]:
    """Shortly before service, or somebody's term, begins or ends in the month."""
    kinds_of_turn = ("enrolled", "disenrolled", "consented", "consent_revoked", "died")
    found = []
    for entry in writer.entries:
        if entry.kind in kinds_of_turn and month.first_day <= entry.at.date() <= month.last_day:
            found.append(entry.at - timedelta(seconds=writer.rng.choice((0, 1, 30, 90))))
        if isinstance(entry.body, kinds.StaffRegistered):
            day = entry.body.from_on or entry.body.to_on
            zone = writer.rng.choice(charts).zone
            if day is not None:
                found.append(local(day, writer.rng.choice((-60, 0, 86400 - 60)), zone))
    return writer.rng.sample(found, min(4, len(found)))


def write_exact(writer: Writer, chart: Served, number: int, month: ServiceMonth) -> None:
    """Pieces that overlap nothing and add up to a threshold or one second beside it."""
    rng = writer.rng
    program = chart.programs[0] if chart.programs else "rpm"
    total, live = rng.choice(TOTALS), rng.choice(LIVE)
    live = min(live, total)
    day = month.first_day + timedelta(days=rng.randrange(3, 20))
    start = local(day, 0, "UTC") + timedelta(hours=6 + 3 * number)
    if live > 0:
        start = write_piece(writer, chart, start, live, program, kind="live")
    elif rng.random() < 0.8:
        start = write_piece(writer, chart, start, 0, program, kind="live")
    rest = total - live
    while rest > 0:
        piece = min(rest, rng.choice((600, 1200, 2400, 7200, 31)) if rest < 2000 else 2400)
        start = write_piece(writer, chart, start, piece, program, kind="time")
        rest -= piece
    if rng.random() < 0.12:
        marked = rng.choice((1799, 1800, 1801, 2500))
        start = write_piece(writer, chart, start, marked, program, kind="marked")
    for sister in chart.programs:
        if sister in ("ccm", "pcm", "bhi") and rng.random() < 0.6:
            length = rng.choice((1199, 1200, 1800, 2400, 3600, 5400, 7200))
            start = write_piece(writer, chart, start, length, sister, kind="time")
            length = rng.choice((1799, 1800, 3600, 5400))
            start = write_piece(writer, chart, start, length, sister, kind="doctor")


def write_piece(
    writer: Writer, chart: Served, start: datetime, length: int, program: str, *, kind: str
) -> datetime:
    """One clean span; returns a start for the next one."""
    rng = writer.rng
    end = start + timedelta(seconds=length)
    body: Any
    if kind == "live":
        body = kinds.ContactHeld(
            program=program,
            mode=rng.choice(("telephone", "video", "in_person")),
            start=start,
            end=end,
            performers=(rng.choice(GOOD_STAFF),),
            spoke_with="patient",
            two_way=True,
            topics=rng.choice(TOPICS),
        )
    else:
        performer = rng.choice(("n1", "n2") if kind == "time" else ("d1", "d2"))
        body = kinds.TimeLogged(
            program=program,
            category=rng.choice(CATEGORIES[:7]),
            start=start,
            end=end,
            performer=performer,
            intended_code="99091" if kind == "marked" else None,
        )
    writer.add(body, patient=chart.name, at=start)
    return end + timedelta(seconds=rng.choice((0, 0, 1, 600)))


def some_start(rng: random.Random, base: datetime) -> datetime:
    """A start at or shortly after a shared instant, at times with a fraction of a second."""
    offset = rng.choice((0, 0, 0, 1, 30, 60, 300, 600, -60))
    fraction = rng.choice((0, 0, 0, 0, 1, 500_000, 999_999))
    return base + timedelta(seconds=offset, microseconds=fraction)


def write_heap_span(writer: Writer, chart: Served, base: datetime, month: ServiceMonth) -> None:
    """A span in a heap of spans that share starts, staff and seconds."""
    rng = writer.rng
    start = some_start(rng, base)
    length = rng.choice(LENGTHS) if rng.random() < 0.96 else rng.choice(ODD_LENGTHS)
    end = start + timedelta(seconds=length, microseconds=rng.choice((0, 0, 0, 400_000)))
    program = main_program(chart, rng)
    body = (
        some_contact(rng, program, start, end)
        if rng.random() < 0.5
        else some_time(rng, program, start, end)
    )
    late = max(end, start) + timedelta(hours=rng.choice((0, 0, 0, 1, 71, 72, 73, 300)))
    if rng.random() < 0.05:
        late = max(late, local(month.last_day, 86400 - rng.choice((0, 0, 1)), chart.zone))
    writer.add(body, patient=chart.name, at=start, recorded_at=late)


def some_contact(
    rng: random.Random, program: str, start: datetime, end: datetime
) -> kinds.ContactHeld:
    """A contact with anybody, by anybody, about anything."""
    contact = kinds.ContactHeld(
        program=program,
        mode=rng.choices(
            ("telephone", "video", "in_person", "chat", "ai_telephone"), (55, 10, 13, 11, 11)
        )[0],
        start=start,
        end=end,
        performers=tuple(rng.choices(STAFF, k=rng.choice((1, 1, 1, 2, 2, 3)))),
        spoke_with=rng.choices(
            ("patient", "caregiver:c1", "caregiver:c2", "other"), (65, 15, 4, 16)
        )[0],
        two_way=rng.random() < 0.93,
        topics=rng.choice(TOPICS) if rng.random() < 0.92 else rng.choice(((), ("general",))),
        part_of_visit=rng.random() < 0.06,
    )
    if contact.mode == "in_person" and rng.random() < 0.3:
        contact = replace(contact, part_of_visit=True)
    if rng.random() < 0.2:
        legs = tuple(some_leg(rng, start) for _ in range(rng.choice((1, 1, 2))))
        contact = replace(contact, excluded=legs)
    return contact


def some_leg(rng: random.Random, start: datetime) -> kinds.ExcludedLeg:
    """A leg that may begin before the contact, end after it, or overlap another leg."""
    begin = start + timedelta(seconds=rng.choice((-30, 0, 0, 5, 60, 200, 100_000)))
    end = begin + timedelta(seconds=rng.choice((0, 1, 30, 60, 600)))
    return kinds.ExcludedLeg(start=begin, end=end, why=rng.choice(("hold", "menu", "transfer")))


def some_time(rng: random.Random, program: str, start: datetime, end: datetime) -> kinds.TimeLogged:
    """Logged time of any category, by anybody, at times marked for 99091."""
    return kinds.TimeLogged(
        program=program,
        category=rng.choice(CATEGORIES),
        start=start,
        end=end,
        performer=rng.choice(STAFF),
        intended_code="99091" if rng.random() < 0.12 else None,
    )


def write_attempt(writer: Writer, chart: Served, base: datetime) -> None:
    """A call that did not become a contact."""
    rng = writer.rng
    start = some_start(rng, base)
    spanned = rng.random() < 0.5
    body = kinds.ContactAttempted(
        program=main_program(chart, rng),
        mode="telephone",
        outcome="voicemail",
        start=start if spanned else None,
        end=start + timedelta(seconds=360) if spanned else None,
        performers=("n1",),
    )
    writer.add(body, patient=chart.name, at=start)
