"""Populations that nobody would invent: ties, overlaps, edges of days, months, rules and dates.

`hostile_entries(seed)` writes the same entries for the same seed. Most patients have what a line
needs, so that outcomes vary; each defect is rare on its own and common in sum. It refuses nothing
that the contract allows, and makes nothing that the contract refuses.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from caretally.clock import ServiceMonth
from caretally.journal import entries as kinds
from caretally.journal.entries import Entry
from tests.property.hostile_spans import ZONES, write_spans
from tests.property.hostile_writer import Writer
from tests.property.oracle import oracle_decide

MONTHS = (
    "2019-01", "2019-12", "2020-01", "2020-03", "2020-12", "2021-01", "2022-01", "2022-12",
    "2023-01", "2023-05", "2023-06", "2024-02", "2024-03", "2024-12", "2025-01", "2025-09",
    "2025-10", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-06", "2026-11",
    "2026-12", "2027-01",
)  # fmt: skip
COMMON_MONTHS = ("2026-01", "2026-02", "2026-03", "2026-05", "2026-11", "2025-12")
COMMON_PAYERS = ("medicare_ffs", "medicare_advantage", "commercial")
RARE_PAYERS = (
    "bcbs_mississippi", "medicaid_md", "unitedhealthcare", "unitedhealthcare",
    "aetna", "self_pay", "acme",
)  # fmt: skip
CODES = (
    "99453", "99454", "99445", "99457", "99458", "99470", "99091", "98975", "98976", "98977",
    "98978", "98984", "98985", "98986", "98979", "98980", "98981",
)  # fmt: skip
VISITS = ("99213", "95250", "95249", "99473", "94760", "99490", "93793", "99999")
DIAGNOSES = (("I10",), ("I10", "E11.9"), ("I50.9",), ("O13.3", "I10"), ("E11.65",), ("i50.22",))
"""Diagnoses of an enrollment; also in small letters, without a rule that forbids it."""
DEVICE_DAYS = (0, 1, 2, 2, 3, 8, 15, 15, 16, 16, 16, 16, 17, 17, 18, 20, 29, 30)
SYSTEMS = ("respiratory", "musculoskeletal", "cognitive_behavioral")


@dataclass
class Chart:
    """What the generator remembers of a patient while it writes."""

    name: str
    zone: str
    practice: str | None
    programs: list[str]
    devices: list[str] = field(default_factory=list)
    enrolled_on: date = date(2026, 1, 1)


def at_local(day: date, clock: str, zone: str) -> datetime:
    """An instant from a local date and a clock time."""
    hour, minute, second = (int(part) for part in clock.split(":"))
    local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


def any_clock(rng: random.Random) -> str:
    """A time of day, often at the edge of the day."""
    edge = rng.choice(("00:00:00", "00:00:01", "23:59:59", "12:00:00", "08:00:00"))
    free = f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
    return edge if rng.random() < 0.4 else free


def write_practices(writer: Writer, month: ServiceMonth) -> list[str]:
    """One or two practices, one of them perhaps a health center."""
    rng = writer.rng
    names = ["pr1"] if rng.random() < 0.7 else ["pr1", "pr2"]
    for name in names:
        body = kinds.PracticeRegistered(
            practice=name,
            name=name,
            time_zone=rng.choice((None, *ZONES)),
            setting=rng.choice(
                (None, "office", "office", "facility", "office", "office", "fqhc", "rhc")
            ),
        )
        writer.add(body, at=at_local(month.first_day - timedelta(days=400), "08:00:00", "UTC"))
    return names


def write_staff(writer: Writer, month: ServiceMonth) -> None:
    """People of every sort; some begin or leave in mid-month, one changes the role."""
    rng = writer.rng
    edge = month.first_day + timedelta(days=rng.randrange(0, 28))
    rows: list[tuple[str, str, date | None, date | None]] = [
        ("d1", "physician", None, None),
        ("d2", rng.choice(("np", "pa", "cns", "cnm")), None, None),
        ("n1", "rn", None, None),
        ("n2", rng.choice(("lpn", "ma", "pharmacist", "therapist")), None, None),
        ("n3", "rn", edge, None),
        ("n4", "ma", None, edge),
        ("n5", "receptionist", None, edge),
        ("n5", "health_educator", edge + timedelta(days=1), None),
        ("x1", rng.choice(("receptionist", "biller", "other")), None, None),
        ("ai", "ai_agent", None, None),
        ("m1", "physician", None, edge),
        ("m1", "rn", edge, None),
    ]
    for staff, role, first, last in rows:
        body = kinds.StaffRegistered(staff=staff, role=role, from_on=first, to_on=last)
        writer.add(body, at=at_local(month.first_day - timedelta(days=300), "08:00:00", "UTC"))


def write_enrollment(
    writer: Writer, chart: Chart, program: str, day: date, clock: str | None = None
) -> None:
    """One enrollment with its diagnoses and the visit that came before."""
    rng = writer.rng
    before = 40
    if rng.random() < 0.25:
        before = rng.choice((1, 365, 1094, 1095, 1096, 1097, 0, 2000))
    established = None if rng.random() < 0.03 else day - timedelta(days=before)
    body = kinds.Enrolled(
        program=program,
        practice=chart.practice,
        diagnoses=() if rng.random() < 0.04 else rng.choice(DIAGNOSES),
        time_zone=chart.zone if rng.random() < 0.85 else None,
        established_on=established,
    )
    moment = at_local(day, clock or any_clock(rng), chart.zone)
    writer.add(body, patient=chart.name, at=moment)


def write_program(writer: Writer, chart: Chart, program: str, month: ServiceMonth) -> None:
    """Enrollment, consent and order of a program, and how they end."""
    rng = writer.rng
    day = month.first_day - timedelta(
        days=rng.choice((90, 61, 45, 45, 40, 33, 31, 30, 29, 20, 3, -9))
    )
    if program in ("rpm", "rtm") and rng.random() < 0.15:
        day = rng.choice((date(2023, 5, 11), date(2023, 5, 12), day))
        day = min(day, month.first_day)
    chart.enrolled_on = day
    write_enrollment(writer, chart, program, day)
    scope = program if program in ("rpm", "rtm", "ccm") else None
    if scope is not None and rng.random() < 0.96:
        late = rng.choice((0, 0, 5, 40)) if rng.random() < 0.15 else -1
        given = at_local(day + timedelta(days=late), any_clock(rng), chart.zone)
        writer.add(kinds.Consented(scope=scope), patient=chart.name, at=given)
        if rng.random() < 0.1:
            write_revocation(writer, chart, scope, month)
    if rng.random() < 0.96:
        body = kinds.Ordered(program=program, ordering_provider="d1")
        ordered_on = day + timedelta(
            days=rng.choice((0, 0, -3, -3, 2, 60) if rng.random() < 0.2 else (0, -3))
        )
        writer.add(body, patient=chart.name, at=at_local(ordered_on, any_clock(rng), chart.zone))
        if rng.random() < 0.07:
            ended = month.first_day + timedelta(days=rng.choice((-10, -1, 0, 0, 12)))
            end = kinds.OrderEnded(program=program, ordering_provider="d1")
            clock = rng.choice(("00:00:00", "00:00:01", "10:00:00"))
            writer.add(end, patient=chart.name, at=at_local(ended, clock, chart.zone))
    if rng.random() < 0.15:
        write_leaving(writer, chart, program, month)
    elif rng.random() < 0.06:
        write_enrollment(writer, chart, program, month.first_day + timedelta(days=7))
    elif rng.random() < 0.05:
        chart_abroad = replace(chart, zone=rng.choice(ZONES))
        clock = rng.choice(("00:00:00", "00:00:00", "00:00:01"))
        write_enrollment(writer, chart_abroad, program, month.next().first_day, clock)


def write_revocation(writer: Writer, chart: Chart, scope: str, month: ServiceMonth) -> None:
    """Consent taken back, and perhaps given again, at times in the same second."""
    rng = writer.rng
    day = month.first_day + timedelta(days=rng.randrange(-20, 27))
    moment = at_local(day, any_clock(rng), chart.zone)
    writer.add(kinds.ConsentRevoked(scope=scope), patient=chart.name, at=moment)
    if rng.random() < 0.6:
        again = moment + timedelta(seconds=rng.choice((0, 1, 3600, 86400, 5 * 86400)))
        writer.add(kinds.Consented(scope=scope), patient=chart.name, at=again)


def write_leaving(writer: Writer, chart: Chart, program: str, month: ServiceMonth) -> None:
    """Disenrollment, often at local midnight, and perhaps a new episode."""
    rng = writer.rng
    day = month.first_day + timedelta(days=rng.choice((-12, -1, 0, 0, 1, 9, 15, 20, 27)))
    clock = rng.choice(("00:00:00", "00:00:00", "15:30:00", "23:59:59"))
    moment = at_local(day, clock, chart.zone)
    body = kinds.Disenrolled(program=program, reason="moved away")
    writer.add(body, patient=chart.name, at=moment)
    if rng.random() < 0.5:
        again = moment + timedelta(seconds=rng.choice((0, 1, 600, 86400, 3 * 86400)))
        body_again = kinds.Enrolled(
            program=program,
            practice=chart.practice,
            diagnoses=rng.choice(DIAGNOSES),
            time_zone=chart.zone,
            established_on=rng.choice((None, day - timedelta(days=90))),
        )
        writer.add(body_again, patient=chart.name, at=again)
        if rng.random() < 0.6:
            write_setup(writer, chart, day + timedelta(days=rng.randrange(0, 5)))


def write_setup(writer: Writer, chart: Chart, day: date) -> None:
    """Set-up and teaching of a device."""
    rng = writer.rng
    device = chart.devices[0] if chart.devices else "dev0"
    body = kinds.SetupCompleted(device=device, educated_by=rng.choice(("n1", "x1")))
    writer.add(body, patient=chart.name, at=at_local(day, any_clock(rng), chart.zone))


def write_devices(writer: Writer, chart: Chart, month: ServiceMonth) -> None:
    """Devices with readings on an exact number of days of each 30-day period."""
    rng = writer.rng
    count = rng.choice((1, 1, 1, 1, 2, 2, 2)) if rng.random() < 0.95 else 0
    begin = max(chart.enrolled_on, month.first_day - timedelta(days=65))
    begin += timedelta(days=rng.choice((0, 0, 0, 1, 4)))
    systems = rng.choices(SYSTEMS, k=2) if rng.random() < 0.5 else [rng.choice(SYSTEMS)] * 2
    for number in range(count):
        device = f"dev-{chart.name}-{number}"
        chart.devices.append(device)
        body = kinds.DeviceAssigned(
            device=device,
            medical_device=rng.random() < 0.95,
            body_system=systems[number] if rng.random() < 0.9 else None,
        )
        assigned_on = begin - timedelta(days=rng.choice((0, 0, 1, 2, -3)))
        writer.add(body, patient=chart.name, at=at_local(assigned_on, "00:00:00", chart.zone))
        if rng.random() < 0.06:
            moment = at_local(month.first_day + timedelta(days=9), "12:00:00", chart.zone)
            writer.add(kinds.DeviceReturned(device=device), patient=chart.name, at=moment)
        write_readings(writer, chart, device, begin, month)
    if rng.random() < 0.92:
        write_setup(writer, chart, begin + timedelta(days=rng.choice((0, 0, 0, 3, 29, 30, 31))))


def write_readings(
    writer: Writer, chart: Chart, device: str, begin: date, month: ServiceMonth
) -> None:
    """Readings on exactly so many days of each period; the first day opens the first period."""
    rng = writer.rng
    share = rng.choice((None, None, None, 0.1, 0.5))
    first = begin
    while first <= month.last_day:
        wanted = rng.choice(DEVICE_DAYS) if share is None else int(30 * share)
        days = rng.sample(range(30), wanted)
        if first == begin and days and 0 not in days:
            days[0] = 0
        for offset in days:
            day = first + timedelta(days=offset)
            if day <= month.last_day + timedelta(days=2):
                write_reading(writer, chart, device, day)
        first += timedelta(days=30)


def write_reading(writer: Writer, chart: Chart, device: str, day: date) -> None:
    """One reading, at times twice, typed by hand, without a value or of unknown origin."""
    rng = writer.rng
    moment = at_local(day, any_clock(rng), chart.zone)
    origin = "device" if rng.random() < 0.95 else rng.choice(("manual", "derived", "unknown"))
    body = kinds.ReadingRecorded(
        device=device,
        metric="8867-4",
        value=writer.number(),
        unit="/min",
        measured_at=moment,
        origin=origin,
    )
    if rng.random() < 0.03:
        body = replace(body, value=None, unit=None)
    elif rng.random() < 0.2:
        part = kinds.Component(metric="8480-6", value=writer.number(), unit="mm[Hg]")
        body = replace(body, metric="85354-9", value=None, unit=None, components=(part,))
    if rng.random() < 0.05:
        body = replace(body, vendor_reading_id=f"v{writer.count}")
        other = replace(body, value=writer.number(), unit="/min", components=())
        later = moment + timedelta(days=rng.choice((0, 0, 1)), hours=rng.choice((0, 2, 5)))
        if rng.random() < 0.3:
            other = replace(other, value=None, unit=None)
        elif rng.random() < 0.3:
            other = replace(other, origin="manual")
        writer.add(body, patient=chart.name, at=moment)
        writer.add(
            replace(other, measured_at=later),
            patient=chart.name,
            at=later,
            recorded_at=later + timedelta(hours=rng.choice((0, 30))),
        )
        return
    writer.add(body, patient=chart.name, at=moment)
    if rng.random() < 0.05:
        again = replace(body, origin=rng.choice((body.origin, body.origin, "manual")))
        late = moment + timedelta(hours=rng.choice((0, 1, 30)))
        writer.add(again, patient=chart.name, at=moment, recorded_at=late)


def write_coverage(writer: Writer, chart: Chart, month: ServiceMonth) -> None:
    """Who pays, changes of payer, and what a payer allowed beforehand."""
    rng = writer.rng
    if rng.random() < 0.03:
        return
    payer = rng.choice(RARE_PAYERS) if rng.random() < 0.2 else rng.choice(COMMON_PAYERS)
    begin = month.first_day - timedelta(days=200)
    moment = at_local(begin, "09:00:00", chart.zone)
    change = month.first_day + timedelta(days=rng.choice((0, 9, 14, 27)))
    if rng.random() < 0.12:
        other = rng.choice(COMMON_PAYERS + RARE_PAYERS)
        first = kinds.Covered(payer=payer, from_on=begin, to_on=change - timedelta(days=1))
        writer.add(first, patient=chart.name, at=moment)
        later = kinds.Covered(payer=other, from_on=change)
        writer.add(later, patient=chart.name, at=moment)
        payers = [payer, other]
    else:
        priority = rng.choice((1, 1, 1, 2))
        body = kinds.Covered(payer=payer, from_on=begin, priority=priority)
        writer.add(body, patient=chart.name, at=moment)
        payers = [payer]
        if rng.random() < 0.12:
            second = kinds.Covered(
                payer=rng.choice(COMMON_PAYERS + RARE_PAYERS),
                from_on=rng.choice((begin, change)),
                priority=rng.choice((1, 2, 3)),
            )
            writer.add(second, patient=chart.name, at=moment)
            payers.append(second.payer)
    for name in payers:
        if name in ("bcbs_mississippi", "medicaid_md") and rng.random() < 0.75:
            allowed = CODES if rng.random() < 0.6 else tuple(rng.sample(CODES, 9))
            authorized = kinds.Authorized(
                payer=name if rng.random() < 0.95 else "aetna",
                codes=allowed,
                from_on=begin,
                to_on=rng.choice((None, None, month.last_day, change)),
            )
            writer.add(authorized, patient=chart.name, at=moment)


def write_events(writer: Writer, chart: Chart, month: ServiceMonth) -> None:
    """Rare things that hold or flag lines."""
    rng = writer.rng
    first, last = month.first_day, month.last_day

    def some_day(low: int = -35, high: int = 30) -> date:
        return first + timedelta(days=rng.randrange(low, high))

    def note(body: kinds.Body, day: date, clock: str = "09:00:00") -> None:
        writer.add(body, patient=chart.name, at=at_local(day, clock, chart.zone))

    if rng.random() < 0.06:
        day = some_day(-3, 30)
        note(kinds.Died(), day, rng.choice(("00:00:00", "13:00:00", "00:00:01")))
    if rng.random() < 0.15:
        begin = some_day(-60, 10)
        to_on = rng.choice((None, last, some_day(-5, 25)))
        covid = rng.choice(("covid19", "covid19", "other"))
        note(kinds.ConditionRecorded(condition=covid, from_on=begin, to_on=to_on), begin)
    if rng.random() < 0.08:
        begin = at_local(some_day(), "12:00:00", chart.zone)
        end = rng.choice((None, begin + timedelta(days=3)))
        body = kinds.StayRecorded(setting="inpatient", from_at=begin, to_at=end)
        writer.add(body, patient=chart.name, at=begin)
    if rng.random() < 0.06:
        begin = some_day()
        surgery = kinds.GlobalSurgeryRecorded(
            from_on=begin,
            to_on=begin + timedelta(days=rng.choice((0, 10, 90))),
            related=rng.random() < 0.7,
            by_billing_provider=rng.random() < 0.7,
        )
        note(surgery, begin)
    if rng.random() < 0.08:
        begin = some_day()
        billed = kinds.BilledElsewhere(
            code=rng.choice((*CODES, "99474", "95251", "99490")),
            from_on=begin,
            to_on=begin + timedelta(days=rng.choice((0, 0, 29))),
            by="another practice",
        )
        note(billed, begin)
    if rng.random() < 0.15:
        visit = rng.choice((last, last, some_day(-10)))
        note(kinds.VisitBilled(code=rng.choice(VISITS), on=visit), visit)
    if rng.random() < 0.07:
        begin = some_day(-60, 20)
        aligned = kinds.AccessAligned(
            conditions=rng.choice((("I10",), ("I", "E11"), ("E11.9", "I10"), ("i50", "O"))),
            from_on=begin,
            to_on=rng.choice((None, None, last, some_day(0, 20))),
        )
        note(aligned, begin)
    if rng.random() < 0.4:
        caregiver = kinds.CaregiverAuthorized(
            caregiver="c1",
            relationship="daughter",
            from_on=some_day(-60, 0),
            to_on=rng.choice((None, None, some_day(0, 28))),
        )
        note(caregiver, some_day())


def choose_programs(rng: random.Random) -> list[str]:
    """Which programs a patient is in."""
    draw = rng.random()
    if draw < 0.62:
        programs = ["rpm"]
    elif draw < 0.85:
        programs = ["rtm"]
    elif draw < 0.92:
        programs = ["rpm", "rtm"]
    else:
        programs = []
    for sister, share in (("ccm", 0.3), ("pcm", 0.1), ("bhi", 0.1), ("apcm", 0.05)):
        if rng.random() < share:
            programs.append(sister)
    return programs


def write_chart(writer: Writer, name: str, practices: Sequence[str], month: ServiceMonth) -> Chart:
    """Everything of one patient but the spans."""
    rng = writer.rng
    zone = rng.choice(ZONES)
    practice = None if rng.random() < 0.2 else rng.choice((*practices, "pr1"))
    chart = Chart(name=name, zone=zone, practice=practice, programs=choose_programs(rng))
    opened = at_local(month.first_day - timedelta(days=100), "08:00:00", zone)
    body = kinds.PatientRegistered(time_zone=rng.choice((None, "Asia/Kolkata")))
    writer.add(body, patient=name, at=opened)
    for program in chart.programs:
        write_program(writer, chart, program, month)
    write_devices(writer, chart, month)
    write_coverage(writer, chart, month)
    write_events(writer, chart, month)
    return chart


def reassign_devices(writer: Writer, charts: Sequence[Chart], month: ServiceMonth) -> None:
    """Hand a device on to another patient; readings of both stay on file."""
    rng = writer.rng
    for chart in charts:
        if not chart.devices or rng.random() > 0.08:
            continue
        heir = rng.choice(charts)
        day = month.first_day + timedelta(days=rng.randrange(-10, 20))
        moment = at_local(day, any_clock(rng), chart.zone)
        device = chart.devices[0]
        if rng.random() < 0.7:
            writer.add(kinds.DeviceReturned(device=device), patient=chart.name, at=moment)
            moment += timedelta(seconds=rng.choice((1, 60, 86400)))
        body = kinds.DeviceAssigned(
            device=device, medical_device=True, body_system=rng.choice(SYSTEMS)
        )
        writer.add(body, patient=heir.name, at=moment)
        for offset in range(0, 20, 2):
            write_reading(writer, heir, device, day + timedelta(days=offset))


def choose_month(rng: random.Random) -> ServiceMonth:
    """A month near a change of rules, more often than not a recent one."""
    return ServiceMonth.parse(rng.choice(COMMON_MONTHS if rng.random() < 0.5 else MONTHS))


def hostile_entries(seed: int, patients: int = 4) -> tuple[list[Entry], ServiceMonth]:
    """The population of a seed and the month to decide."""
    rng = random.Random(seed)
    month = choose_month(rng)
    writer = Writer(rng)
    practices = write_practices(writer, month)
    write_staff(writer, month)
    names = [f"p{number}" for number in range(1, patients + 1)]
    charts = [write_chart(writer, name, practices, month) for name in names]
    reassign_devices(writer, charts, month)
    write_spans(writer, charts, month)
    writer.correct()
    rng.shuffle(writer.entries)
    return writer.entries, month


def describe(decisions: Sequence[dict[str, Any]]) -> list[str]:
    """What happened to each patient, in words that can be counted."""
    words = []
    for decision in decisions:
        words.append("patients")
        words.append("with lines" if decision["lines"] else "without lines")
        words += [f"line {line['code']}" for line in decision["lines"]]
        words += [f"sister {line['code']}" for line in decision["sister_lines"]]
        words += [f"hold {name}" for name in decision["holds"]]
        words += [f"flag {name}" for name in decision["flags"]]
        words += [f"risk {name}" for names in decision["at_risk"].values() for name in names]
        words += [f"reason {name}" for row in decision["entries"] for name in row["reasons"]]
    return words


def main(populations: int = 100) -> None:
    """Print what becomes of a number of populations under the oracle."""
    seen: Counter[str] = Counter()
    for seed in range(populations):
        entries, month = hostile_entries(seed)
        seen["entries"] += len(entries)
        seen.update(describe(oracle_decide(entries, month)))
    for word, times in sorted(seen.items()):
        print(f"{times:8d}  {word}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
