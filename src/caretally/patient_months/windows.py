"""Local days and windows in time: when something on record is open, and until when that holds."""

from __future__ import annotations

from caretally.patient_months.columns import (
    CONSENTED,
    DIED,
    ENROLLED,
    FOREVER,
    PLACE,
    Folded,
    Part,
)  # fmt: skip
from caretally.patient_months.positions import (
    CCM,
    KEY,
    MEMO_WIDTH,
    NO_CONSENT,
    NOT_ALIVE,
    NOT_ENROLLED,
    RPM,
    RTM,
)  # fmt: skip


def day_start(part: Part, zone: int, day: int) -> int:
    """Return the second at which a local day begins; days off the calendar are before or after."""
    index = day - part.calendar.first_day
    if index < 0:
        return -FOREVER
    if index >= len(part.calendar.midnights[zone]):
        return FOREVER
    return part.calendar.midnights[zone][index]


def local_day(part: Part, zone: int, second: int) -> int:
    """Return the local day a second falls on."""
    midnights = part.calendar.midnights[zone]
    if second < midnights[0]:
        return part.calendar.first_day
    index = min((second - midnights[0]) // 86400, len(midnights) - 1)
    while index > 0 and midnights[index] > second:
        index -= 1
    while index + 1 < len(midnights) and midnights[index + 1] <= second:
        index += 1
    return part.calendar.first_day + index


def kind_rows(part: Part, patient: int, kind: int) -> tuple[int, int]:
    """Return where a patient's rows of a kind begin and end."""
    windows = part.windows
    row, last = windows.first[patient], windows.first[patient + 1]
    while row < last and windows.kind[row] < kind:
        row += 1
    first = row
    while row < last and windows.kind[row] == kind:
        row += 1
    return first, row


def window_state(part: Part, patient: int, wanted: int, second: int) -> tuple[bool, int]:
    """Tell whether a window of a key is open at a second, and until when that holds."""
    windows = part.windows
    is_open, until = False, FOREVER
    for row in range(windows.first[patient], windows.first[patient + 1]):
        key = windows.kind[row] * KEY + windows.code[row]
        if key > wanted:
            break
        if key < wanted:
            continue
        if windows.begins[row] > second:
            until = min(until, windows.begins[row])
        elif windows.ends[row] > second:
            is_open, until = True, min(until, windows.ends[row])
    return is_open, until


def opens_between(part: Part, patient: int, wanted: int, begin: int, end: int) -> bool:
    """Tell whether a window of a key overlaps the half-open stretch."""
    windows = part.windows
    for row in range(windows.first[patient], windows.first[patient + 1]):
        key = windows.kind[row] * KEY + windows.code[row]
        if key > wanted:
            break
        if key == wanted and windows.begins[row] < end and windows.ends[row] > begin:
            return True
    return False


def has_scope(program: int) -> bool:
    """Tell whether consent to a program can be recorded: the contract has scopes for three."""
    return program == RPM or program == RTM or program == CCM


def service_state(part: Part, patient: int, program: int, second: int) -> tuple[int, int]:
    """Return why a program is not in service at a second (0: it is), and until when that holds."""
    reasons = 0
    enrolled, until = window_state(part, patient, ENROLLED * KEY + program, second)
    if not enrolled:
        reasons |= NOT_ENROLLED
    if has_scope(program):
        consented, change = window_state(part, patient, CONSENTED * KEY + program, second)
        until = min(until, change)
        if not consented:
            reasons |= NO_CONSENT
    died, change = window_state(part, patient, DIED * KEY, second)
    if died:
        reasons |= NOT_ALIVE
    return reasons, min(until, change)


def service_at(part: Part, out: Folded, patient: int, program: int, second: int) -> tuple[int, int]:
    """Return the service state at a second, remembering the stretch looked up last."""
    cell = program * MEMO_WIDTH
    memo = out.memo
    if memo[cell] == patient and memo[cell + 1] <= second < memo[cell + 2]:
        return memo[cell + 3], memo[cell + 2]
    reasons, until = service_state(part, patient, program, second)
    memo[cell], memo[cell + 1], memo[cell + 2], memo[cell + 3] = patient, second, until, reasons
    return reasons, until


def is_enrolled_in_month(part: Part, patient: int, program: int, zone: int) -> bool:
    """Tell whether the program was open at some second of the decided month in that zone."""
    begin = day_start(part, zone, part.calendar.month_first)
    end = day_start(part, zone, part.calendar.month_last + 1)
    return opens_between(part, patient, ENROLLED * KEY + program, begin, end)


def latest_zone(part: Part, patient: int, program: int) -> int:
    """Return the zone of the latest enrollment before the month's end, or -1; program -1 is any."""
    windows = part.windows
    zone, at = -1, -FOREVER
    for row in range(windows.first[patient], windows.first[patient + 1]):
        if windows.kind[row] != PLACE or (program >= 0 and windows.code[row] != program):
            continue
        end = day_start(part, windows.x[row], part.calendar.month_last + 1)
        if at <= windows.begins[row] < end:
            zone, at = windows.x[row], windows.begins[row]
    return zone


def place_patient(part: Part, out: Folded, patient: int) -> None:
    """Settle which monitoring program the month is decided for and in which zone."""
    chosen, zone = RPM, -1
    for program in (RPM, RTM):
        candidate = latest_zone(part, patient, program)
        if candidate >= 0 and is_enrolled_in_month(part, patient, program, candidate):
            chosen, zone = program, candidate
            break
    if zone < 0:
        zone = latest_zone(part, patient, chosen)
    if zone < 0:
        zone = latest_zone(part, patient, -1)
    out.program[patient] = chosen
    out.zone[patient] = zone if zone >= 0 else part.default_zone
