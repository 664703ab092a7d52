"""What clinics logged for made-up patients: contacts, attempts and time, and by whom."""

from __future__ import annotations

from typing import NamedTuple

from caretally.clock import day_number
from caretally.codes import CATEGORIES, CONTACT_MODES, PROGRAMS
from caretally.codes import TOPICS as TOPIC_WORDS
from caretally.patient_months.columns import (
    ATTEMPT,
    CAREGIVERS,
    CONTACT,
    OTHER,
    PATIENT,
    SUPERSEDED,
    TIME,
    VOIDED,
)
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import SpanTable
from caretally.synthetic import activity, shapes
from caretally.synthetic.clinic import DAY_BEGINS, SLOT_SECONDS, SLOTS
from caretally.synthetic.ledger import LATE_SECONDS
from caretally.synthetic.table_people import (
    AGENT,
    BESIDE,
    FIRST_CLINICAL,
    STAFF_PLACES,
    STYLE_WORDS,
    People,
    beside_programs,
    numbered,
)
from caretally.synthetic.table_plan import Array, Draws

SHAPES = (
    *dict.fromkeys(s for style in shapes.STYLES.values() for s in style),
    shapes.MARKED_REVIEW,
)
KINDS = {"contact": CONTACT, "attempt": ATTEMPT, "time": TIME}
BY = ("clinical", "practitioner", "agent")
STRIDE = 17
"""Shares no divisor with the slots of a day, so that ranks in a row fall on slots far apart."""


class Drawn(NamedTuple):
    """Spans before they are sorted; columns as in `SpanTable`, and the shape of each."""

    patient: Array
    shape: Array
    start: Array
    end: Array
    staff: Array
    standing: Array


def of_shapes(attribute: str) -> Array:
    """Return an attribute of each shape, words as positions."""
    values = [getattr(shape, attribute) for shape in SHAPES]
    if attribute == "manner":
        return np.array([KINDS[value] for value in values])
    return np.array([BY.index(v) if attribute == "by" else v for v in values])


def words_of(kind: str, words: tuple[str, ...]) -> Array:
    """Return the position of each shape's word in a tuple of words, 0 for other kinds of shape."""
    return np.array([words.index(s.word) if s.manner == kind else 0 for s in SHAPES])


def draw_month(people: People, draws: Draws, first_day: int, last_day: int) -> Drawn:
    """Return the spans of a month, each of its own."""
    begin = np.maximum(first_day, people.enrolled_day)
    end = np.minimum(last_day, people.last_day)
    span = end - begin + 1
    count = draws.hump(7, 30, people.count)
    count = np.where(span < 27, np.maximum(1, count * span // 30), count) * (span > 0)
    patient = np.repeat(np.arange(people.count), count)
    rows = len(patient)
    styles = [numbered(SHAPES, shapes.STYLES[word]) for word in STYLE_WORDS]
    table = np.array([style + style[: 100 - len(style)] for style in styles])
    shape = table[people.style[patient], draws.between(0, 99, rows)]
    marked = np.repeat(np.flatnonzero(draws.chance(40, people.count) & (span > 0)), 2)
    patient = np.concatenate((patient, marked))
    shape = np.concatenate((shape, np.full(len(marked), len(SHAPES) - 1)))
    staff = performers(people, draws, patient, shape)
    day = draws.between(begin[patient], end[patient], len(patient))
    weekend = np.isin((day + 3) % 7, list(activity.WEEKEND)) & draws.chance(900, len(patient))
    day = np.where(weekend, np.maximum(begin[patient], day - 2), day)
    start = people.second(patient, day, seconds_of_day(draws, staff, shape, day))
    length = lengths(people, draws, patient, shape)
    start = displaced(draws, Drawn(patient, shape, start, start + length, staff, staff))
    start = crossing(people, draws, patient, start, last_day)
    return Drawn(patient, shape, start, start + length, staff, np.zeros_like(staff))


def performers(people: People, draws: Draws, patient: Array, shape: Array) -> Array:
    """Return who performs each span."""
    rows, practice = len(patient), people.practice[patient]
    clinical = people.practices.clinical[practice]
    place = FIRST_CLINICAL + draws.between(0, clinical - 1, rows)
    desk = people.practices.desk[practice]
    at_desk = draws.chance(12, rows) & (desk > 0)
    place = np.where(at_desk, FIRST_CLINICAL + clinical, place)
    place = np.where(draws.chance(3, rows), STAFF_PLACES - 1, place)
    by = of_shapes("by")[shape]
    place = np.where(by == BY.index("practitioner"), draws.between(0, 1, rows), place)
    return practice * STAFF_PLACES + np.where(by == BY.index("agent"), AGENT, place)


def seconds_of_day(draws: Draws, staff: Array, shape: Array, day: Array) -> Array:
    """Return when each span starts: in slots of their own for the people, any time for agents."""
    rows = len(staff)
    key = (staff << 20) + (day - day.min())
    order = np.argsort(key + 0, kind="stable")
    ranked = key[order]
    fresh = np.ones(rows, dtype=bool)
    fresh[1:] = ranked[1:] != ranked[:-1]
    begins = np.flatnonzero(fresh)
    rank = np.empty(rows, dtype=np.int64)
    rank[order] = np.arange(rows) - np.repeat(begins, np.diff([*begins, rows]))
    slot = (rank * STRIDE + staff) % len(SLOTS)
    worked = DAY_BEGINS + SLOT_SECONDS * slot + draws.between(0, 89, rows)
    evening = np.where(draws.chance(40, rows), draws.between(64_800, 79_000, rows), worked)
    by_agent = of_shapes("by")[shape] == BY.index("agent")
    return np.where(by_agent, draws.between(32_400, 68_400, rows), evening)


def lengths(people: People, draws: Draws, patient: Array, shape: Array) -> Array:
    """Return the seconds of each span, a few of them odd."""
    rows = len(patient)
    low, high = of_shapes("low")[shape], of_shapes("high")[shape]
    usual = draws.hump(low, high, rows)
    usual = np.where(shape == len(SHAPES) - 1, usual, usual * people.pace[patient] // 100)
    odd = np.choose(
        draws.between(0, 4, rows),
        [
            np.zeros(rows, dtype=np.int64),
            np.full(rows, 3),
            np.full(rows, 28_800),
            draws.between(28_801, 60_000, rows),
            -draws.between(1, 900, rows),
        ],
    )
    return np.where(draws.chance(3, rows), odd, usual)


def displaced(draws: Draws, drawn: Drawn) -> Array:
    """Return starts with some laid over the patient's or the performer's span before."""
    start, length = drawn.start, np.maximum(1, drawn.end - drawn.start)
    rows = len(start)
    over = draws.chance(activity.LAID_OVER_ANOTHER, rows)
    over[1:] &= drawn.patient[1:] == drawn.patient[:-1]
    over[0] = False
    at = np.flatnonzero(over)
    start[at] = start[at - 1] + draws.between(0, length[at - 1] - 1, len(at))
    order = np.argsort((drawn.staff << 34) + (start - start.min()))
    ranked = drawn.staff[order]
    busy = np.flatnonzero(draws.chance(activity.DURING_ANOTHER_PATIENT, rows)[1:]) + 1
    busy = busy[ranked[busy] == ranked[busy - 1]]
    one, other = order[busy], order[busy - 1]
    start[one] = start[other] + draws.between(0, length[other] - 1, len(one))
    return start


def crossing(people: People, draws: Draws, patient: Array, start: Array, last_day: int) -> Array:
    """Return starts with some moved to the last minutes of the month."""
    chosen = np.flatnonzero(draws.chance(activity.CROSSING_MONTH_EDGE // 18 + 1, len(start)))
    whole = people.last_day[patient[chosen]] > last_day
    chosen = chosen[whole & (people.enrolled_day[patient[chosen]] < last_day)]
    edge = people.second(patient[chosen], np.full(len(chosen), last_day + 1), 0)
    start[chosen] = edge - draws.between(5, 300, len(chosen))
    return start


def corrected(draws: Draws, drawn: Drawn) -> Drawn:
    """Return spans with what was written instead of some, and some voided."""
    rows = len(drawn.patient)
    edited = np.flatnonzero(draws.chance(activity.EDITED, rows))
    drawn.standing[draws.chance(activity.VOIDED, rows)] = VOIDED
    drawn.standing[edited] = SUPERSEDED
    again = [column[edited] for column in drawn]
    moved = np.where(draws.chance(200, len(edited)), draws.between(-300, 300, len(edited)), 0)
    start = again[2] + moved
    end = np.maximum(start, again[3] + draws.between(-150, 150, len(edited)))
    fixed = Drawn(again[0], again[1], start, end, again[4], np.zeros_like(again[5]))
    return Drawn._make(np.concatenate(pair) for pair in zip(drawn, fixed, strict=True))


def draw_spans(people: People, draws: Draws) -> SpanTable:
    """Return the spans of all months."""
    months = [
        draw_month(people, draws, day_number(month.first_day), day_number(month.last_day))
        for month in people.plan.active_months
    ]
    drawn = Drawn._make(np.concatenate(columns) for columns in zip(*months, strict=True))
    drawn = corrected(draws, drawn)
    origin = drawn.start.min()
    order = np.argsort((drawn.patient << 34) + (drawn.start - origin), kind="stable")
    return described(people, draws, Drawn._make(column[order] for column in drawn))


def described(people: People, draws: Draws, drawn: Drawn) -> SpanTable:
    """Return sorted spans with all that is said of them."""
    rows, shape, patient = len(drawn.patient), drawn.shape, drawn.patient
    kind = of_shapes("manner")[shape]
    held = kind == CONTACT
    mode = words_of("contact", CONTACT_MODES)[shape]
    masks = [sum(1 << TOPIC_WORDS.index(word) for word in words) for words in shapes.TOPICS]
    cared = people.caregiver[patient] & draws.chance(400, rows)
    spoken = np.where(cared, CAREGIVERS, np.where(draws.chance(50, rows), OTHER, PATIENT))
    visit = (mode == CONTACT_MODES.index("in_person")) & draws.chance(600, rows)
    recorded = np.maximum(drawn.start, drawn.end) + 1
    late = draws.between(LATE_SECONDS, 15 * 86_400, rows)
    recorded += np.where(draws.chance(10, rows), late, draws.between(0, 899, rows))
    return SpanTable._make(
        (
            patient, drawn.start, drawn.end, kind, programs(people, draws, patient), mode,
            np.where(held, spoken, OTHER), held & ~draws.chance(15, rows),
            np.where(held, draws.pick(masks, rows), 0), words_of("time", CATEGORIES)[shape],
            held & visit, shape == len(SHAPES) - 1, drawn.standing, recorded,
            *several(people, draws, drawn, kind), *excluded(draws, drawn, held),
        )
    )  # fmt: skip


def programs(people: People, draws: Draws, patient: Array) -> Array:
    """Return the program each span is logged for."""
    rows = len(patient)
    grid = beside_programs()
    first = np.array([row.argmax() if row.any() else -1 for row in grid])[people.beside[patient]]
    other = draws.chance(250, rows) & (first >= 0)
    assert len(BESIDE) == len(grid)
    return np.where(other, np.clip(first, 0, len(PROGRAMS)), people.program[patient])


def several(people: People, draws: Draws, drawn: Drawn, kind: Array) -> tuple[Array, ...]:
    """Return where each span's performers begin, all performers, and their places.

    Attempts name none.
    """
    rows = len(kind)
    practice = people.practice[drawn.patient]
    place = FIRST_CLINICAL + draws.between(0, people.practices.clinical[practice] - 1, rows)
    second = practice * STAFF_PLACES + place
    two = (kind == CONTACT) & draws.chance(40, rows) & (second != drawn.staff)
    two &= drawn.staff % STAFF_PLACES != AGENT
    count = np.where(kind == ATTEMPT, 0, 1 + two)
    first = np.concatenate(([0], np.cumsum(count)))
    named = np.empty(first[-1], dtype=np.int64)
    named[first[:-1][count > 0]] = drawn.staff[count > 0]
    named[first[:-1][two] + 1] = second[two]
    turn: Array = np.empty(len(named), dtype=np.int64)
    start = np.repeat(drawn.start, count) - drawn.start.min()
    turn[np.argsort((named << 34) + start, kind="stable")] = np.arange(len(named))
    return first, named, turn


def excluded(draws: Draws, drawn: Drawn, held: Array) -> tuple[Array, Array]:
    """Return where each span's excluded legs begin, and begin and end of all legs."""
    rows = len(held)
    length = drawn.end - drawn.start
    has = held & (length >= 60) & draws.chance(40, rows)
    begins = drawn.start[has] + draws.between(0, length[has] - 1, int(has.sum()))
    ends = begins + draws.between(5, 90, len(begins))
    first = np.concatenate(([0], np.cumsum(2 * has)))
    return first, np.stack((begins, ends), axis=1).ravel()
