"""The evidence of a slot: what is on record for one program on one date of service.

One pass over the patient's windows; each kind of row has its own small function. Contract
section 6 (Which lines, Holds) is the authority.
"""

from __future__ import annotations

from typing import NamedTuple

from caretally.patient_months.columns import (
    ACCESS,
    AUTHORIZED,
    CONSENTED,
    COVERED,
    COVID,
    DETAIL,
    ELSEWHERE,
    ENROLLED,
    FOREVER,
    ORDERED,
    PLACE,
    SETUP,
    STAY,
    SURGERY,
    VISIT,
    VISITED,
    Folded,
    Part,
)  # fmt: skip
from caretally.patient_months.days import count_bits
from caretally.patient_months.positions import (
    APCM,
    F_ACCESS_ALIGNED,
    F_AUTHORIZED,
    F_BEGAN_ON,
    F_CONSENTED,
    F_COVID,
    F_DIAGNOSES,
    F_DIAGNOSIS_SET,
    F_ELSEWHERE,
    F_ENROLLED,
    F_EPISODE_FROM,
    F_FROM,
    F_HEALTH_CENTER,
    F_IN_APCM,
    F_MONITORING_PROGRAMS,
    F_ORDERED,
    F_PAIRED,
    F_PAIRED_MODIFIABLE,
    F_PATIENT,
    F_PAYER,
    F_PERIOD,
    F_PROGRAM,
    F_SETUP_AFTER,
    F_SETUPS,
    F_STAYS,
    F_SURGERY,
    F_TO,
    F_VISIT_YEARS,
    F_VISITS,
    F_ZONE,
    FIRST_HEALTH_CENTER,
    LATE_VISIT,
    RTM,
)  # fmt: skip
from caretally.patient_months.windows import day_start, local_day


class Judged(NamedTuple):
    """The dates and instants a slot is judged by; stretches are half-open."""

    slot: int
    program: int
    zone: int
    from_day: int
    to_day: int
    begin: int
    end: int
    month_begin: int
    month_end: int
    episode_from: int
    next_episode: int


def judged(part: Part, out: Folded, slot: int) -> Judged:
    """Return the dates and instants of a slot, and the episode it belongs to.

    A period belongs to the episode that began it, a month to the latest one of the month.
    """
    facts = out.facts
    patient, program, zone = facts[F_PATIENT][slot], facts[F_PROGRAM][slot], facts[F_ZONE][slot]
    from_day, to_day = facts[F_FROM][slot], facts[F_TO][slot]
    end = day_start(part, zone, to_day + 1)
    episode = facts[F_EPISODE_FROM][slot]
    if not facts[F_PERIOD][slot]:
        episode = latest_episode(part, patient, program, end)
    return Judged(
        slot, program, zone, from_day, to_day, day_start(part, zone, from_day), end,
        day_start(part, zone, part.calendar.month_first),
        day_start(part, zone, part.calendar.month_last + 1),
        episode, following_episode(part, patient, program, episode),
    )  # fmt: skip


def latest_episode(part: Part, patient: int, program: int, before: int) -> int:
    """Return the second the program's latest episode began before one, or FOREVER."""
    windows = part.windows
    latest = FOREVER
    for row in range(windows.first[patient], windows.first[patient + 1]):
        if windows.kind[row] != ENROLLED:
            break
        if windows.code[row] == program and windows.begins[row] < before:
            latest = windows.begins[row]
    return latest


def following_episode(part: Part, patient: int, program: int, episode_from: int) -> int:
    """Return the second the program's next episode began, or FOREVER."""
    windows = part.windows
    following = FOREVER
    for row in range(windows.first[patient], windows.first[patient + 1]):
        if windows.kind[row] != ENROLLED:
            break
        if windows.code[row] == program and windows.begins[row] > episode_from:
            following = min(following, windows.begins[row])
    return following


def weigh_enrollment(part: Part, out: Folded, row: int, on: Judged) -> None:
    """Note whether a program was enrolled, in which episode, and which others were."""
    windows, facts, slot = part.windows, out.facts, on.slot
    begins, ends, program = windows.begins[row], windows.ends[row], windows.code[row]
    if begins < on.month_end and ends > min(on.begin, on.month_begin):
        if program <= RTM:
            facts[F_MONITORING_PROGRAMS][slot] |= 1 << program
        if program == APCM and ends > on.month_begin:
            facts[F_IN_APCM][slot] = 1
    if program != on.program:
        return
    if facts[F_BEGAN_ON][slot] == FOREVER:
        facts[F_BEGAN_ON][slot] = local_day(part, on.zone, begins)
    if begins < on.end:
        facts[F_ENROLLED][slot] |= ends > on.begin


def weigh_detail(part: Part, out: Folded, row: int, on: Judged) -> None:
    """Note what the latest enrollment up to the date of service says; rows come in time order."""
    windows, facts, slot = part.windows, out.facts, on.slot
    kind = windows.kind[row]
    if windows.code[row] != on.program or windows.begins[row] >= on.end:
        return
    if kind == DETAIL:
        facts[F_DIAGNOSES][slot] = windows.x[row]
        facts[F_DIAGNOSIS_SET][slot] = windows.y[row]
    elif kind == PLACE:
        facts[F_HEALTH_CENTER][slot] = int(windows.y[row] >= FIRST_HEALTH_CENTER)
    elif on.episode_from <= windows.begins[row] < on.next_episode:
        facts[F_VISIT_YEARS][slot] = windows.x[row]


def weigh_service(part: Part, out: Folded, row: int, on: Judged) -> None:
    """Note consent over the slot's stretch, and an order in force into the month."""
    windows, facts = part.windows, out.facts
    begins, ends = windows.begins[row], windows.ends[row]
    if windows.code[row] != on.program or begins >= on.end:
        return
    if windows.kind[row] == CONSENTED:
        facts[F_CONSENTED][on.slot] |= ends > on.begin
    else:
        facts[F_ORDERED][on.slot] |= ends > on.month_begin


def weigh_on_date(part: Part, out: Folded, row: int, on: Judged) -> None:
    """Note what is open on the date of service itself."""
    windows, facts, slot = part.windows, out.facts, on.slot
    kind = windows.kind[row]
    if not windows.begins[row] <= on.to_day < windows.ends[row]:
        return
    if kind == COVERED:
        if facts[F_PAYER][slot] < 0:
            facts[F_PAYER][slot] = windows.x[row]
    elif kind == COVID:
        facts[F_COVID][slot] = 1
    elif kind == SURGERY:
        facts[F_SURGERY][slot] = 1
    elif kind == AUTHORIZED:
        if windows.code[row] == facts[F_PAYER][slot]:
            facts[F_AUTHORIZED][slot] |= windows.x[row]
    else:
        facts[F_ACCESS_ALIGNED][slot] |= windows.x[row]


def weigh_event(part: Part, out: Folded, row: int, on: Judged) -> None:
    """Note set-ups, stays, and what was billed elsewhere or as a visit in the slot's stretch."""
    windows, facts, slot = part.windows, out.facts, on.slot
    kind, begins, ends = windows.kind[row], windows.begins[row], windows.ends[row]
    if kind == SETUP:
        facts[F_SETUPS][slot] += facts[F_SETUP_AFTER][slot] <= begins < on.end
    elif kind == STAY:
        facts[F_STAYS][slot] += begins < on.month_end and ends > on.month_begin
    elif begins <= on.to_day and ends > on.from_day:
        if kind == ELSEWHERE:
            facts[F_ELSEWHERE][slot] |= 1 << windows.code[row]
            return
        if windows.code[row] > 0:
            facts[F_VISITS][slot] |= 1 << windows.code[row]
        if begins == on.to_day:
            facts[F_PAIRED][slot] |= windows.x[row]
            facts[F_PAIRED_MODIFIABLE][slot] |= windows.y[row]


def weigh(part: Part, out: Folded, row: int, on: Judged) -> None:
    """Let one row of the record speak to a slot."""
    kind = part.windows.kind[row]
    if kind == ENROLLED:
        weigh_enrollment(part, out, row, on)
    elif kind == CONSENTED or kind == ORDERED:
        weigh_service(part, out, row, on)
    elif kind == DETAIL or kind == PLACE or kind == VISITED:
        weigh_detail(part, out, row, on)
    elif (
        kind == COVERED or kind == COVID or kind == SURGERY or kind == AUTHORIZED or kind == ACCESS
    ):
        weigh_on_date(part, out, row, on)
    elif kind == SETUP or kind == STAY or kind == ELSEWHERE or kind == VISIT:
        weigh_event(part, out, row, on)


def previous_end(part: Part, patient: int, program: int, episode_from: int) -> int:
    """Return the end of the program's latest episode before one, or -FOREVER."""
    windows = part.windows
    latest = -FOREVER
    for row in range(windows.first[patient], windows.first[patient + 1]):
        if windows.kind[row] != ENROLLED:
            break
        if windows.code[row] == program and windows.ends[row] <= episode_from:
            latest = max(latest, windows.ends[row])
    return latest


def gather_evidence(part: Part, out: Folded, slot: int) -> None:
    """Fill a slot's facts from the patient's windows."""
    facts, windows = out.facts, part.windows
    on = judged(part, out, slot)
    patient = facts[F_PATIENT][slot]
    facts[F_PAYER][slot] = -1
    facts[F_BEGAN_ON][slot] = FOREVER
    facts[F_EPISODE_FROM][slot] = on.episode_from
    facts[F_SETUP_AFTER][slot] = previous_end(part, patient, on.program, on.episode_from)
    facts[F_DIAGNOSIS_SET][slot] = -1
    facts[F_VISIT_YEARS][slot] = LATE_VISIT
    for row in range(windows.first[patient], windows.first[patient + 1]):
        weigh(part, out, row, on)
    mask, aligned = facts[F_DIAGNOSES][slot], facts[F_ACCESS_ALIGNED][slot]
    facts[F_ACCESS_ALIGNED][slot] = int(mask != 0 and mask & ~aligned == 0)
    facts[F_DIAGNOSES][slot] = count_bits(mask)
    facts[F_MONITORING_PROGRAMS][slot] = count_bits(facts[F_MONITORING_PROGRAMS][slot])


def payer_on(part: Part, patient: int, day: int) -> int:
    """Return the payer in force on a day, the preferred first, or -1."""
    windows = part.windows
    for row in range(windows.first[patient], windows.first[patient + 1]):
        if windows.kind[row] == COVERED and windows.begins[row] <= day < windows.ends[row]:
            return windows.x[row]
    return -1


def count_payers(part: Part, patient: int) -> int:
    """Count the different payers in force on the days of the month."""
    windows, first, last = part.windows, part.calendar.month_first, part.calendar.month_last
    opening = payer_on(part, patient, first)
    seen = 1 << min(opening, 61) if opening >= 0 else 0
    for row in range(windows.first[patient], windows.first[patient + 1]):
        if windows.kind[row] != COVERED:
            continue
        for day in (windows.begins[row], windows.ends[row]):
            payer = payer_on(part, patient, day) if first < day <= last else -1
            if payer >= 0:
                seen |= 1 << min(payer, 61)
    return count_bits(seen)
