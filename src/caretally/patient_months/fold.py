"""The fold: a part's month of rows becomes integer facts, each with its evidence.

This module is the entry; `windows`, `seconds`, `days` and `evidence` hold the rules. All five are
plain functions on scalars that run on lists, or compiled by Numba on arrays, from the same source.
They know no strings, no dates and no dictionaries.
"""

from __future__ import annotations

from caretally.patient_months.columns import ATTEMPT, IN_FORCE, Folded, Part
from caretally.patient_months.days import explain_readings, fold_days, open_slot
from caretally.patient_months.evidence import count_payers, gather_evidence
from caretally.patient_months.positions import (
    AI,
    BHI,
    CCM,
    CHAT,
    CONTACTS_OF,
    EXCLUDED,
    F_AI,
    F_CHAT,
    F_CONTACTS,
    F_DECIDED,
    F_LATE,
    F_LIVE,
    F_MANAGEMENT,
    F_PAYERS,
    F_PERIOD,
    F_PRACTITIONER,
    F_PROGRAM,
    F_REVIEW,
    F_SHORT,
    F_STAFF,
    IN_VISIT,
    LIVE,
    LIVE_OF,
    MANAGEMENT_OF,
    OVERFLOW,
    PCM,
    PRACTITIONER_OF,
    PROGRAM_COUNT,
    REVIEW_OF,
    RPM,
    RTM,
    SLOTS,
    SPLIT,
    STAFF_OF,
    WIDTH_OF,
)  # fmt: skip
from caretally.patient_months.seconds import (
    fold_seconds,
    is_contact,
    is_in,
    lane_seconds,
    mark_conflicts,
    span_lane,
)  # fmt: skip
from caretally.patient_months.windows import (
    day_start,
    is_enrolled_in_month,
    local_day,
    place_patient,
)  # fmt: skip


def prepare(part: Part, out: Folded) -> None:
    """Settle every patient's zone and every span's lane, and find staff in several places."""
    for patient in range(part.patients):
        place_patient(part, out, patient)
        for span in range(part.spans.first[patient], part.spans.first[patient + 1]):
            out.lane[span], out.reasons[span] = span_lane(part, span, out.zone[patient])
    mark_conflicts(part, out)


def is_late(part: Part, span: int, zone: int, month_end: int) -> bool:
    """Tell whether an entry was written long after it happened, or on a day of a later month."""
    end, recorded = part.spans.end[span], part.spans.recorded[span]
    if recorded - end > part.rules.late_after:
        return True
    if recorded < month_end:
        return False
    return local_day(part, zone, recorded) > local_day(part, zone, end)


def note_span(part: Part, out: Folded, span: int, slot: int, edges: tuple[int, int]) -> None:
    """Note what a span of the month says beside its seconds: contact, split, late, very short."""
    spans, lane = part.spans, out.lane[span]
    if (lane == LIVE or lane == IN_VISIT) and is_contact(part, out, span, edges[0], edges[1]):
        out.seconds[spans.program[span] * WIDTH_OF + CONTACTS_OF] += 1
    if spans.standing[span] != IN_FORCE:
        return
    start, end = spans.start[span], spans.end[span]
    length = end - start
    if (start < edges[0] or end > edges[1]) and length <= part.rules.plausible_span:
        out.reasons[span] |= SPLIT
    if spans.kind[span] != ATTEMPT:
        zone = out.zone[spans.patient[span]]
        if is_late(part, span, zone, edges[1]):
            out.facts[F_LATE][slot] += 1
        if length < part.rules.short_below and out.counted[span] > 0:
            out.facts[F_SHORT][slot] += 1


def note_legs(part: Part, out: Folded, span: int) -> None:
    """Say of a contact that counts nothing anyway where an excluded leg shortened it as well."""
    for leg in range(part.spans.first_leg[span], part.spans.first_leg[span + 1]):
        begins = max(part.legs.begins[leg], part.spans.start[span])
        if begins < min(part.legs.ends[leg], part.spans.end[span]):
            out.reasons[span] |= EXCLUDED


def fold_spans(part: Part, out: Folded, patient: int, slot: int) -> None:
    """Fold the patient's spans into seconds per program and into the notes of the month's slot."""
    zone = out.zone[patient]
    begin = day_start(part, zone, part.calendar.month_first)
    end = day_start(part, zone, part.calendar.month_last + 1)
    for cell in range(PROGRAM_COUNT * WIDTH_OF):
        out.seconds[cell] = 0
    fold_seconds(part, out, patient, begin, end)
    has_ai, has_chat = False, False
    for span in range(part.spans.first[patient], part.spans.first[patient + 1]):
        if is_in(part, span, begin, end):
            note_span(part, out, span, slot, (begin, end))
            lane = out.lane[span]
            if lane == AI or lane == CHAT:
                note_legs(part, out, span)
                has_ai, has_chat = has_ai or lane == AI, has_chat or lane == CHAT
    if has_ai:
        out.facts[F_AI][slot] = lane_seconds(part, out, patient, AI, (begin, end))
    if has_chat:
        out.facts[F_CHAT][slot] = lane_seconds(part, out, patient, CHAT, (begin, end))
    if part.readings.first[patient + 1] > part.readings.first[patient]:
        explain_readings(part, out, patient, begin, end)


def fill_seconds(out: Folded, slot: int, program: int) -> None:
    """Copy a program's seconds and contacts into its slot."""
    first = program * WIDTH_OF
    out.facts[F_MANAGEMENT][slot] = out.seconds[first + MANAGEMENT_OF]
    out.facts[F_LIVE][slot] = out.seconds[first + LIVE_OF]
    out.facts[F_STAFF][slot] = out.seconds[first + STAFF_OF]
    out.facts[F_PRACTITIONER][slot] = out.seconds[first + PRACTITIONER_OF]
    out.facts[F_REVIEW][slot] = out.seconds[first + REVIEW_OF]
    out.facts[F_CONTACTS][slot] = out.seconds[first + CONTACTS_OF]


def fold_patient(part: Part, out: Folded, patient: int) -> None:
    """Fold one patient: a slot for each program's month and one for each period ending in it."""
    month = (part.calendar.month_first, part.calendar.month_last)
    decided, zone = out.program[patient], out.zone[patient]
    opening = out.cursor[SLOTS]
    slot = open_slot(part, out, patient, decided, month)
    out.facts[F_DECIDED][slot] = 1
    out.facts[F_PAYERS][slot] = count_payers(part, patient)
    fold_days(part, out, patient, decided, slot)
    other = RTM if decided == RPM else RPM
    if is_enrolled_in_month(part, patient, other, zone):
        fold_days(part, out, patient, other, open_slot(part, out, patient, other, month))
    fold_spans(part, out, patient, slot)
    for program in (CCM, PCM, BHI):
        if out.seconds[program * WIDTH_OF + MANAGEMENT_OF]:
            open_slot(part, out, patient, program, month)
    for each in range(opening, out.cursor[SLOTS]):
        gather_evidence(part, out, each)
        if out.facts[F_PERIOD][each] == 0:
            fill_seconds(out, each, out.facts[F_PROGRAM][each])


def fold_part(part: Part, out: Folded) -> int:
    """Fold all patients of a part; returns the number of slots, or -1 if `facts` is too small."""
    return fold_patients(part, out, 0, part.patients)


def fold_patients(part: Part, out: Folded, first: int, last: int) -> int:
    """Fold the patients from a first up to a last; all others only take part in conflicts."""
    prepare(part, out)
    for patient in range(first, last):
        fold_patient(part, out, patient)
        if out.cursor[OVERFLOW]:
            return -1
    return out.cursor[SLOTS]
