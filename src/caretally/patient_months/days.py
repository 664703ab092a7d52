"""The patient's data days and device periods, program by program.

A period begins on the first day with data that counts and every 30 days after it; consent,
enrollment and life may cut it short. Contract sections 3 and 6 are the authority.
"""

from __future__ import annotations

from typing import NamedTuple

from caretally.patient_months.columns import (
    CONSENTED,
    COVID,
    CUSTODY,
    DIED,
    DUPLICATE,
    ENROLLED,
    FOREVER,
    IN_FORCE,
    SETUP,
    SUPERSEDED,
    VALUELESS,
    VOIDED,
    Folded,
    Part,
)  # fmt: skip
from caretally.patient_months.positions import (
    DERIVED,
    DUPLICATED,
    F_BODY_SYSTEMS,
    F_DATA_DAYS,
    F_DEVICES,
    F_EPISODE_DATA_DAYS,
    F_EPISODE_FROM,
    F_FROM,
    F_PATIENT,
    F_PERIOD,
    F_PROGRAM,
    F_RUNNING_DAYS,
    F_RUNNING_FROM,
    F_RUNNING_LAST,
    F_RUNNING_SYSTEMS,
    F_SETUP_TAKEN,
    F_SETUP_TAKEN_STRICTLY,
    F_TO,
    F_ZONE,
    KEY,
    MANUAL,
    NO_MEDICAL_DEVICE,
    NO_VALUE,
    NOT_ASSIGNED,
    ORIGIN_DERIVED,
    ORIGIN_DEVICE,
    ORIGIN_MANUAL,
    OVERFLOW,
    RTM,
    SET_ASIDE,
    SETUP_TAKEN,
    SETUP_TAKEN_STRICTLY,
    SLOTS,
    UNKNOWN_ORIGIN,
    VOID,
)  # fmt: skip
from caretally.patient_months.windows import (
    day_start,
    kind_rows,
    local_day,
    opens_between,
    service_state,
)


class Segment(NamedTuple):
    """A stretch in which a program is enrolled, consented to and the patient alive."""

    patient: int
    program: int
    zone: int
    begin: int
    end: int
    episode_from: int
    setup_after: int


def count_bits(mask: int) -> int:
    """Return how many bits of a mask are set."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


# --- readings -------------------------------------------------------------------------------------


def custody_row(part: Part, held: tuple[int, int], device: int, second: int) -> int:
    """Return the custody under which a device was held at a second, or -1; `held` are its rows."""
    windows = part.windows
    for row in range(held[0], held[1]):
        if windows.code[row] == device and windows.begins[row] <= second < windows.ends[row]:
            return row
    return -1


def reading_reasons(standing: int, origin: int, program: int, flaws: int) -> int:
    """Return why a reading makes no data day, given the flaws of its custody and service.

    What was set aside or is a repeat needs no other reason; patients' own entries serve RTM.
    """
    if standing == SUPERSEDED:
        return SET_ASIDE
    if standing == VOIDED:
        return VOID
    if standing == DUPLICATE:
        return DUPLICATED
    if standing == VALUELESS:
        flaws |= NO_VALUE
    if origin == ORIGIN_MANUAL and program != RTM:
        flaws |= MANUAL
    elif origin == ORIGIN_DERIVED:
        flaws |= DERIVED
    elif origin > ORIGIN_DERIVED:
        flaws |= UNKNOWN_ORIGIN
    return flaws


def custody_flaw(part: Part, custody: int) -> int:
    """Return why a custody, or -1 for none, makes no data days."""
    if custody < 0:
        return NOT_ASSIGNED
    return 0 if part.windows.x[custody] else NO_MEDICAL_DEVICE


def custody_masks(part: Part, custody: int) -> tuple[int, int]:
    """Return the bits of the device and of the body system of a custody, or none for -1."""
    if custody < 0:
        return 0, 0
    device, system = part.windows.code[custody], part.windows.y[custody]
    return 1 << min(device, 61), 1 << system if system >= 0 else 0


def reading_row(part: Part, patient: int, second: int) -> int:
    """Return the patient's first reading at or after a second, or the row after the last."""
    ats = part.readings.at
    low, high = part.readings.first[patient], part.readings.first[patient + 1]
    while low < high:
        middle = (low + high) // 2
        if ats[middle] < second:
            low = middle + 1
        else:
            high = middle
    return low


def collect_days(part: Part, out: Folded, segment: Segment) -> int:
    """List a segment's local data days to the month's end in `out.day`; returns how many.

    Each day stands once; beside it are the devices that made it and what they monitor.
    """
    readings, patient, program, zone = (
        part.readings, segment.patient, segment.program, segment.zone,
    )  # fmt: skip
    ats, held_by, origins, standings = (
        readings.at, readings.device, readings.origin, readings.standing,
    )  # fmt: skip
    is_decided, held = out.program[patient] == program, kind_rows(part, patient, CUSTODY)
    end = min(segment.end, day_start(part, zone, part.calendar.month_last + 1))
    days, day_devices, day_systems = out.day, out.day_devices, out.day_systems
    # A day and a custody are looked up once for the stretch they last, not once a reading.
    count, day, day_ends, is_noted = 0, -FOREVER, -FOREVER, True
    device_bit, system_bit = 0, 0
    device, flaw, custody_ends = -1, NOT_ASSIGNED, -FOREVER
    for row in range(reading_row(part, patient, segment.begin), reading_row(part, patient, end)):
        at = ats[row]
        if held_by[row] != device or at >= custody_ends:
            device = held_by[row]
            custody = custody_row(part, held, device, at)
            flaw = custody_flaw(part, custody)
            device_bit, system_bit = custody_masks(part, custody)
            custody_ends = part.windows.ends[custody] if custody >= 0 else at
            is_noted = False
        reasons = flaw
        if standings[row] != IN_FORCE or origins[row] != ORIGIN_DEVICE:
            reasons = reading_reasons(standings[row], origins[row], program, flaw)
        if is_decided:
            out.reading_reasons[row] = reasons
        if reasons:
            continue
        if at >= day_ends:
            day, day_ends = day + 1, day_start(part, zone, day + 2)
            if at >= day_ends:
                day = local_day(part, zone, at)
                day_ends = day_start(part, zone, day + 1)
            days[count], day_devices[count], day_systems[count] = day, 0, 0
            count += 1
            is_noted = False
        if not is_noted:
            day_devices[count - 1] |= device_bit
            day_systems[count - 1] |= system_bit
            is_noted = True
    return count


def explain_readings(part: Part, out: Folded, patient: int, begin: int, end: int) -> None:
    """Give readings of the month that lie outside service their reasons."""
    readings, program = part.readings, out.program[patient]
    held = kind_rows(part, patient, CUSTODY)
    service, until = 0, -FOREVER
    for row in range(reading_row(part, patient, begin), reading_row(part, patient, end)):
        if out.reading_reasons[row] < 0:
            at = readings.at[row]
            if at >= until:
                service, until = service_state(part, patient, program, at)
            custody = custody_row(part, held, readings.device[row], at)
            flaws = service | custody_flaw(part, custody)
            out.reading_reasons[row] = reading_reasons(
                readings.standing[row], readings.origin[row], program, flaws
            )


# --- periods --------------------------------------------------------------------------------------


def open_slot(part: Part, out: Folded, patient: int, program: int, days: tuple[int, int]) -> int:
    """Open a slot: what one code on one date of service will be judged by; returns its position."""
    slot = out.cursor[SLOTS]
    if slot >= len(out.facts[0]):
        out.cursor[OVERFLOW] = 1
        return 0
    out.cursor[SLOTS] = slot + 1
    out.facts[F_PATIENT][slot] = patient
    out.facts[F_PROGRAM][slot] = program
    out.facts[F_ZONE][slot] = out.zone[patient]
    out.facts[F_FROM][slot] = days[0]
    out.facts[F_TO][slot] = days[1]
    return slot


def count_setups(part: Part, patient: int, after: int, before: int) -> int:
    """Count the set-ups recorded from one instant up to, not including, another."""
    windows = part.windows
    count = 0
    for row in range(windows.first[patient], windows.first[patient + 1]):
        if windows.kind[row] == SETUP and after <= windows.begins[row] < before:
            count += 1
    return count


def setup_floors(part: Part, patient: int, program: int, day: int) -> tuple[int, int]:
    """Return the data days a set-up needs in a period ending on a day, and by the strict reading.

    Before any rule nothing is enough.
    """
    rules = part.rules
    chosen = -1
    for row in range(len(rules.floor_program)):
        if rules.floor_program[row] == program and rules.floor_from[row] <= day:
            chosen = row
    if chosen < 0:
        return FOREVER, FOREVER
    floor, strict = rules.floor_days[chosen], rules.floor_strict_days[chosen]
    if opens_between(part, patient, COVID * KEY, day, day + 1):
        lowered = rules.floor_covid_days[chosen]
        return min(floor, lowered), min(strict, lowered) if lowered < floor else strict
    return floor, strict


def judge_period(
    part: Part,
    out: Folded,
    segment: Segment,
    days: tuple[int, int],
    counts: tuple[int, int, int, int],
) -> None:
    """Open a slot for a period that ends in the month, and see whether it is the set-up's."""
    data_days, devices, systems, last_data = counts
    taken_before, strictly_before = out.cursor[SETUP_TAKEN], out.cursor[SETUP_TAKEN_STRICTLY]
    if not taken_before or not strictly_before:
        before = day_start(part, segment.zone, days[1] + 1)
        if count_setups(part, segment.patient, segment.setup_after, before):
            floor, strict = setup_floors(part, segment.patient, segment.program, days[1])
            out.cursor[SETUP_TAKEN] |= data_days >= floor
            out.cursor[SETUP_TAKEN_STRICTLY] |= data_days >= strict
    if days[1] < part.calendar.month_first:
        return
    slot = open_slot(part, out, segment.patient, segment.program, days)
    out.facts[F_PERIOD][slot] = 1
    out.facts[F_DATA_DAYS][slot] = data_days
    out.facts[F_DEVICES][slot] = count_bits(devices)
    out.facts[F_BODY_SYSTEMS][slot] = systems
    out.facts[F_SETUP_TAKEN][slot] = taken_before
    out.facts[F_SETUP_TAKEN_STRICTLY][slot] = strictly_before
    out.facts[F_EPISODE_FROM][slot] = segment.episode_from
    out.facts[F_RUNNING_LAST][slot] = last_data


def fold_periods(part: Part, out: Folded, segment: Segment, count: int, slot: int) -> None:
    """Walk the periods of a segment, from its first data day to the month's end or the cut."""
    length, last = part.rules.period_length, part.calendar.month_last
    cut_day = FOREVER
    if segment.end < FOREVER:
        cut_day = local_day(part, segment.zone, segment.end - 1)
    first, index = out.day[0], 0
    while min(first + length - 1, cut_day) <= last and first <= cut_day:
        end = min(first + length - 1, cut_day)
        data_days, devices, systems, last_data = 0, 0, 0, 0
        while index < count and out.day[index] <= end:
            data_days += 1
            devices |= out.day_devices[index]
            systems |= out.day_systems[index]
            last_data = out.day[index]
            index += 1
        judge_period(part, out, segment, (first, end), (data_days, devices, systems, last_data))
        first += length
    if slot >= 0 and cut_day > last:
        note_running(part, out, count, (first, index), slot)


def note_running(part: Part, out: Folded, count: int, start: tuple[int, int], slot: int) -> None:
    """Note the period that runs beyond the month's end: its first day and what it has so far."""
    first, index = start
    if first > part.calendar.month_last:
        return
    out.facts[F_RUNNING_FROM][slot] = first
    out.facts[F_SETUP_TAKEN][slot] = out.cursor[SETUP_TAKEN]
    out.facts[F_SETUP_TAKEN_STRICTLY][slot] = out.cursor[SETUP_TAKEN_STRICTLY]
    while index < count:
        out.facts[F_RUNNING_DAYS][slot] += 1
        out.facts[F_RUNNING_LAST][slot] = out.day[index]
        out.facts[F_RUNNING_SYSTEMS][slot] |= out.day_systems[index]
        index += 1


def count_days(part: Part, out: Folded, count: int, slot: int) -> None:
    """Add a segment's data days, of the month and of the episode to the month's end, to a slot."""
    first, last = part.calendar.month_first, part.calendar.month_last
    of_month = 0
    for index in range(count):
        of_month += first <= out.day[index] <= last
    out.facts[F_DATA_DAYS][slot] += of_month
    out.facts[F_EPISODE_DATA_DAYS][slot] += count


def fold_segment(part: Part, out: Folded, segment: Segment, slot: int) -> None:
    """Fold one stretch of service of a program; `slot` is the program's month, or -1 outside it."""
    if segment.begin >= segment.end:
        return
    count = collect_days(part, out, segment)
    if count:
        if slot >= 0:
            count_days(part, out, count, slot)
        fold_periods(part, out, segment, count, slot)


def fold_days(part: Part, out: Folded, patient: int, program: int, slot: int) -> None:
    """Fold all data days and periods of a patient's program; `slot` is the program's month."""
    windows, zone = part.windows, out.zone[patient]
    first, last = windows.first[patient], windows.first[patient + 1]
    month_begin = day_start(part, zone, part.calendar.month_first)
    died, previous_end = FOREVER, -FOREVER
    for row in range(first, last):
        if windows.kind[row] == DIED:
            died = min(died, windows.begins[row])
    for row in range(first, last):
        if windows.kind[row] != ENROLLED or windows.code[row] != program:
            continue
        out.cursor[SETUP_TAKEN] = 0
        out.cursor[SETUP_TAKEN_STRICTLY] = 0
        month_slot = slot if windows.ends[row] > month_begin else -1
        for consent in range(first, last):
            if windows.kind[consent] == CONSENTED and windows.code[consent] == program:
                begin = max(windows.begins[row], windows.begins[consent])
                end = min(windows.ends[row], windows.ends[consent], died)
                episode = windows.begins[row]
                segment = Segment(patient, program, zone, begin, end, episode, previous_end)
                fold_segment(part, out, segment, month_slot)
        previous_end = windows.ends[row]
