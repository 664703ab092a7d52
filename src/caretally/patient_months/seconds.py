"""The patient's seconds: each second of a span is counted once, or has a reason.

Staff overlaps are settled first, then overlaps on the patient, second by second but in strides:
every function answers for one second and says until when the answer holds. Contract sections 3
and 6 are the authority.
"""

from __future__ import annotations

from caretally.patient_months.columns import (
    ATTEMPT,
    CAREGIVER,
    CAREGIVERS,
    CONTACT,
    FOREVER,
    IN_FORCE,
    OTHER,
    SUPERSEDED,
    Folded,
    Part,
)  # fmt: skip
from caretally.patient_months.positions import (
    AI,
    AI_TIME,
    CHAT,
    CHAT_TIME,
    EXCLUDED,
    IMPLAUSIBLE,
    IN_VISIT,
    KEY,
    LIVE,
    LIVE_OF,
    MANAGEMENT,
    MANAGEMENT_OF,
    MEMO_WIDTH,
    MODE_AI,
    MODE_CHAT,
    NO_AUTHORITY,
    NOT_A_CONTACT,
    NOT_COUNTED_CATEGORY,
    NOT_COUNTED_PERFORMER,
    NOTHING,
    OF_PERSONS,
    OTHER_PROGRAM,
    PART_OF_VISIT,
    PATIENT_OVERLAP,
    PRACTITIONER_OF,
    REVIEW,
    REVIEW_OF,
    SET_ASIDE,
    STAFF_OF,
    STAFF_OVERLAP,
    UNREGISTERED,
    VOID,
    WIDTH_OF,
)  # fmt: skip
from caretally.patient_months.windows import day_start, local_day, opens_between, service_at

# --- what a span is -------------------------------------------------------------------------------


def has_role(part: Part, person: int, roles: int) -> bool:
    """Tell whether any registration of a person, whatever its dates, has one of the roles."""
    for row in range(part.staff.first[person], part.staff.first[person + 1]):
        if roles >> part.staff.role[row] & 1:
            return True
    return False


def registration_state(part: Part, person: int, zone: int, second: int) -> tuple[int, int]:
    """Return how a person counts at a second (0 not, 1 as staff, 2 as practitioner), until when."""
    staff = part.staff
    rank, until = 0, FOREVER
    for row in range(staff.first[person], staff.first[person + 1]):
        if not part.rules.counted_roles >> staff.role[row] & 1:
            continue
        begins, ends = day_start(part, zone, staff.from_day[row]), FOREVER
        if staff.to_day[row] < FOREVER:
            ends = day_start(part, zone, staff.to_day[row] + 1)
        if begins > second:
            until = min(until, begins)
        elif ends > second:
            until = min(until, ends)
            rank = max(rank, 1 + (part.rules.practitioner_roles >> staff.role[row] & 1))
    return rank, until


def registration_at(
    part: Part, out: Folded, person: int, zone: int, second: int
) -> tuple[int, int]:
    """Return the registration state at a second, remembering the stretch looked up last."""
    memo, cell = out.memo, OF_PERSONS + person * MEMO_WIDTH
    if memo[cell] == zone and memo[cell + 1] <= second < memo[cell + 2]:
        return memo[cell + 3], memo[cell + 2]
    rank, until = registration_state(part, person, zone, second)
    memo[cell], memo[cell + 1], memo[cell + 2], memo[cell + 3] = zone, second, until, rank
    return rank, until


def caregiver_is_authorized(part: Part, span: int, zone: int) -> bool:
    """Tell whether the caregiver's authority was valid on the local date of the contact."""
    patient = part.spans.patient[span]
    wanted = CAREGIVER * KEY + part.spans.spoke_with[span] - CAREGIVERS
    day = local_day(part, zone, part.spans.start[span])
    return opens_between(part, patient, wanted, day, day + 1)


def contact_lane(part: Part, span: int, zone: int) -> tuple[int, int]:
    """Return what a contact is and why it is less than a live contact."""
    spans = part.spans
    mode, spoke_with = spans.mode[span], spans.spoke_with[span]
    if mode == MODE_AI:
        return AI, AI_TIME
    if spoke_with == OTHER:
        return (NOTHING, PART_OF_VISIT) if spans.part_of_visit[span] else (MANAGEMENT, 0)
    if mode == MODE_CHAT:
        return CHAT, CHAT_TIME
    if not spans.two_way[span] or not spans.topics[span] & part.rules.clinical_topics:
        return NOTHING, NOT_A_CONTACT
    if not part.rules.live_modes >> mode & 1:
        return NOTHING, NOT_A_CONTACT
    if spoke_with >= CAREGIVERS and not caregiver_is_authorized(part, span, zone):
        return NOTHING, NOT_A_CONTACT | NO_AUTHORITY
    return (IN_VISIT, PART_OF_VISIT) if spans.part_of_visit[span] else (LIVE, 0)


def time_lane(part: Part, span: int) -> tuple[int, int]:
    """Return what logged time is and why it counts nothing."""
    person = part.performances.staff[part.spans.first_performance[span]]
    if has_role(part, person, part.rules.ai_roles):
        return AI, AI_TIME
    if not part.rules.counted_categories >> part.spans.category[span] & 1:
        return NOTHING, NOT_COUNTED_CATEGORY
    if not part.spans.marked[span]:
        return MANAGEMENT, 0
    if has_role(part, person, part.rules.practitioner_roles):
        return REVIEW, 0
    return NOTHING, NOT_COUNTED_PERFORMER


def span_lane(part: Part, span: int, zone: int) -> tuple[int, int]:
    """Return what a span is, judged by its own entry, and the reasons that follow."""
    spans = part.spans
    if spans.standing[span] != IN_FORCE:
        return NOTHING, SET_ASIDE if spans.standing[span] == SUPERSEDED else VOID
    length = spans.end[span] - spans.start[span]
    if length < 0 or length > part.rules.plausible_span:
        return NOTHING, IMPLAUSIBLE
    if spans.kind[span] == ATTEMPT:
        return NOTHING, NOT_A_CONTACT
    if spans.kind[span] == CONTACT:
        return contact_lane(part, span, zone)
    return time_lane(part, span)


def takes_seconds(lane: int) -> bool:
    """Tell whether spans of a lane compete for the patient's and the staff's seconds."""
    return LIVE <= lane <= REVIEW


# --- staff overlaps -------------------------------------------------------------------------------


def mark_conflicts(part: Part, out: Folded) -> None:
    """Mark the performances whose person may be with another patient, in an earlier span.

    Only marked ones are looked at second by second, from where the knot of overlapping spans
    begins; marking too many costs time, never seconds.
    """
    if part.patients < 2:
        return
    spans, rows = part.spans, part.performances
    person, begin = -1, 0
    # The latest end so far, whose patient's it is, and the latest end of all other patients.
    reach, leader, reach_of_others = -FOREVER, -1, -FOREVER
    for place in range(len(rows.by_staff)):
        row = rows.by_staff[place]
        span = rows.span[row]
        if rows.staff[row] != person or spans.start[span] >= reach:
            person, begin = rows.staff[row], place
            reach, leader, reach_of_others = -FOREVER, -1, -FOREVER
        if not takes_seconds(out.lane[span]):
            continue
        patient, end = spans.patient[span], spans.end[span]
        if spans.start[span] < (reach_of_others if patient == leader else reach):
            out.conflict[row] = 1 + begin
        if patient == leader:
            reach = max(reach, end)
        elif end > reach:
            reach, leader, reach_of_others = end, patient, reach
        else:
            reach_of_others = max(reach_of_others, end)


def span_state(part: Part, out: Folded, span: int, second: int) -> tuple[int, int]:
    """Return why a span counts nothing at a second, its performers left aside, and until when."""
    spans = part.spans
    reasons, until = service_at(part, out, spans.patient[span], spans.program[span], second)
    for leg in range(spans.first_leg[span], spans.first_leg[span + 1]):
        begins, ends = part.legs.begins[leg], part.legs.ends[leg]
        if begins > second:
            until = min(until, begins)
        elif ends > second:
            reasons, until = reasons | EXCLUDED, min(until, ends)
    return reasons, until


def keeps_person(part: Part, out: Folded, row: int, second: int) -> tuple[bool, int]:
    """Tell whether a performance keeps its person at a second, and until when that holds.

    The earliest entry that counts at the second, by start and then id, decides for which patient
    the person works; entries of that patient keep the person, all others lose it.
    """
    rows, spans = part.performances, part.spans
    own, until = spans.patient[rows.span[row]], FOREVER
    for place in range(out.conflict[row] - 1, rows.place[row]):
        rival = rows.span[rows.by_staff[place]]
        if not takes_seconds(out.lane[rival]) or spans.end[rival] <= second:
            continue
        patient = spans.patient[rival]
        reasons, change = span_state(part, out, rival, second)
        rank, turn = registration_at(part, out, rows.staff[row], out.zone[patient], second)
        until = min(until, change, turn, spans.end[rival])
        if not reasons and rank and reviews(out.lane[rival], rank):
            return patient == own, until
    return True, until


def reviews(lane: int, rank: int) -> bool:
    """Tell whether a person of that rank may fill the lane: marked review is a practitioner's."""
    return lane != REVIEW or rank == 2


def standing_of(part: Part, out: Folded, span: int, second: int) -> tuple[int, int, int]:
    """Return why a span counts nothing at a second, the rank it counts at, and until when."""
    spans, rows = part.spans, part.performances
    zone, lane = out.zone[spans.patient[span]], out.lane[span]
    reasons, until = span_state(part, out, span, second)
    lost, best = 0, 0
    for row in range(spans.first_performance[span], spans.first_performance[span + 1]):
        person = rows.staff[row]
        rank, change = registration_at(part, out, person, zone, second)
        until = min(until, change)
        if not rank or not reviews(lane, rank):
            is_known = part.staff.first[person + 1] > part.staff.first[person]
            lost |= NOT_COUNTED_PERFORMER if is_known else NOT_COUNTED_PERFORMER | UNREGISTERED
            continue
        if out.conflict[row]:
            kept, change = keeps_person(part, out, row, second)
            until = min(until, change)
            if not kept:
                lost |= STAFF_OVERLAP
                continue
        best = max(best, rank)
    if not best:
        reasons |= lost or NOT_COUNTED_PERFORMER
    return reasons, best, until


# --- a patient's seconds --------------------------------------------------------------------------


def award(part: Part, out: Folded, span: int, rank: int, seconds: int) -> None:
    """Count seconds for a span and for its program, by lane and by who performed it."""
    column, totals = part.spans.program[span] * WIDTH_OF, out.seconds
    lane = out.lane[span]
    out.counted[span] += seconds
    if lane == REVIEW:
        totals[column + REVIEW_OF] += seconds
        return
    totals[column + MANAGEMENT_OF] += seconds
    totals[column + (PRACTITIONER_OF if rank == 2 else STAFF_OF)] += seconds
    if lane == LIVE:
        out.live[span] += seconds
        totals[column + LIVE_OF] += seconds


def choose(part: Part, out: Folded, winner: int, span: int) -> int:
    """Return which of two countable spans has the second: `winner` starts first, or is -1."""
    if winner < 0:
        return span
    is_same_program = part.spans.program[winner] == part.spans.program[span]
    if is_same_program and out.lane[span] == LIVE and out.lane[winner] != LIVE:
        return span
    return winner


def settle(part: Part, out: Folded, first: int, last: int, second: int) -> tuple[int, int]:
    """Find who of a knot of spans has a second and until when; leaves each one's state behind.

    `out.state` is 0 where a span is not open, else its reasons, -1 for countable as staff, -2 as
    practitioner.
    """
    spans = part.spans
    winner, until = -1, FOREVER
    for span in range(first, last):
        out.state[span] = 0
        if not takes_seconds(out.lane[span]) or spans.end[span] <= second:
            continue
        if spans.start[span] > second:
            until = min(until, spans.start[span])
            continue
        reasons, rank, change = standing_of(part, out, span, second)
        until = min(until, change, spans.end[span])
        out.state[span] = reasons or -rank
        if not reasons:
            winner = choose(part, out, winner, span)
    return winner, until


def sweep(part: Part, out: Folded, first: int, last: int, edges: tuple[int, int]) -> None:
    """Give every second of a knot of overlapping spans to one of them, or to none with a reason."""
    second, end = edges
    while second < end:
        winner, until = settle(part, out, first, last, second)
        until = min(until, end)
        for span in range(first, last):
            if out.state[span] > 0:
                out.reasons[span] |= out.state[span]
            elif out.state[span] < 0 and span == winner:
                award(part, out, span, -out.state[span], until - second)
            elif out.state[span] < 0:
                is_same = part.spans.program[span] == part.spans.program[winner]
                out.reasons[span] |= PATIENT_OVERLAP if is_same else OTHER_PROGRAM
        second = until


def sweep_alone(part: Part, out: Folded, span: int, edges: tuple[int, int]) -> None:
    """Give a span that overlaps no other every second it counts at."""
    second, end = edges
    while second < end:
        reasons, rank, until = standing_of(part, out, span, second)
        until = min(until, end)
        if reasons:
            out.reasons[span] |= reasons
        else:
            award(part, out, span, rank, until - second)
        second = until


def fold_seconds(part: Part, out: Folded, patient: int, begin: int, end: int) -> None:
    """Count the patient's seconds between two instants, knot by knot of overlapping spans."""
    starts, ends, lanes = part.spans.start, part.spans.end, out.lane
    span, last = part.spans.first[patient], part.spans.first[patient + 1]
    while span < last:
        first, reach = span, -FOREVER
        opening = starts[span]
        while span < last and (span == first or starts[span] < reach):
            if takes_seconds(lanes[span]):
                reach = max(reach, ends[span])
            span += 1
        if reach > begin and opening < end:
            edges = max(opening, begin), min(reach, end)
            if span - first == 1:
                sweep_alone(part, out, first, edges)
            else:
                sweep(part, out, first, span, edges)


def is_contact(part: Part, out: Folded, span: int, begin: int, end: int) -> bool:
    """Tell whether a live contact is in service, with a performer who counts, in the month."""
    spans = part.spans
    patient = spans.patient[span]
    second = max(spans.start[span], begin)
    close = min(max(spans.end[span], spans.start[span] + 1), end)
    while second < close:
        reasons, until = service_at(part, out, patient, spans.program[span], second)
        for row in range(spans.first_performance[span], spans.first_performance[span + 1]):
            person = part.performances.staff[row]
            rank, change = registration_at(part, out, person, out.zone[patient], second)
            if rank and not reasons:
                return True
            until = min(until, change)
        second = until
    return False


def lane_seconds(part: Part, out: Folded, patient: int, lane: int, edges: tuple[int, int]) -> int:
    """Return the union of a patient's spans of one lane between two instants, without legs."""
    spans = part.spans
    total = 0
    second, end = edges
    while second < end:
        covered, until = False, end
        for span in range(spans.first[patient], spans.first[patient + 1]):
            if out.lane[span] != lane or spans.end[span] <= second:
                continue
            if spans.start[span] > second:
                until = min(until, spans.start[span])
                continue
            is_open, change = leg_state(part, span, second)
            covered, until = covered or is_open, min(until, change, spans.end[span])
        if covered:
            total += until - second
        second = until
    return total


def leg_state(part: Part, span: int, second: int) -> tuple[bool, int]:
    """Tell whether a second lies outside the excluded legs of a span, and until when."""
    is_open, until = True, FOREVER
    for leg in range(part.spans.first_leg[span], part.spans.first_leg[span + 1]):
        begins, ends = part.legs.begins[leg], part.legs.ends[leg]
        if begins > second:
            until = min(until, begins)
        elif ends > second:
            is_open, until = False, min(until, ends)
    return is_open, until


def is_in(part: Part, span: int, begin: int, end: int) -> bool:
    """Tell whether a span, or the instant of an empty or reversed one, touches a stretch."""
    start, stop = part.spans.start[span], part.spans.end[span]
    return begin <= start < end if stop <= start else start < end and stop > begin
