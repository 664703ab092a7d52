"""The people of a made-up part: practices with their staff, and patients with their ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from caretally.clock import DEFAULT_ZONE
from caretally.codes import BODY_SYSTEMS, PAYERS, PROGRAMS, ROLES
from caretally.codes import SETTINGS as SETTING_WORDS
from caretally.patient_months.columns import FOREVER
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import StaffTable
from caretally.synthetic import clinic, papers, person
from caretally.synthetic.plan import LARGEST_PRACTICE, SMALLEST_PRACTICE
from caretally.synthetic.shapes import STYLES
from caretally.synthetic.table_plan import MARGIN, Array, Draws, TablePlan, midnight_grid

Item = TypeVar("Item")
PHYSICIAN, PRACTITIONER, AGENT, FIRST_CLINICAL = range(4)
"""Places in a practice's staff; clinical staff follow."""
STAFF_PLACES = 11
"""Most staff of a practice; the last place is somebody never registered."""
ZONES = tuple(dict.fromkeys((DEFAULT_ZONE, *clinic.ZONES, *person.OTHER_ZONES)))
DIAGNOSIS_SETS = ((), *dict.fromkeys(tuple(sorted(i.diagnoses)) for i in person.ILLNESSES))
STYLE_WORDS = tuple(STYLES)
PAYER_WORDS = (*PAYERS, "an_unknown_payer")


def numbered(words: Sequence[Item], spread: Sequence[Item]) -> list[int]:
    """Return a spread of words as a spread of their positions."""
    return [words.index(word) for word in spread]


class Practices(NamedTuple):
    """Practices by number: zone, setting, staff, and how many of the staff are clinical."""

    zone: Array
    setting: Array
    clinical: Array
    desk: Array
    staff: StaffTable


@dataclass(kw_only=True, slots=True)
class People:
    """Patients by number, with what several tables must agree on.

    midnights: by zone and day since `first_day`. enrolled_day, last_day: local days between which
    they are looked after. devices: how many they hold at first. replaced_at: second at which the
    first device is replaced, FOREVER where it is not.
    """

    plan: TablePlan
    practices: Practices
    midnights: Array
    practice: Array
    zone: Array
    illness: Array
    program: Array
    beside: Array
    style: Array
    payer: Array
    pace: Array
    typing: Array
    caregiver: Array
    enrolled_day: Array
    last_day: Array
    fate: Array
    devices: Array
    replaced_at: Array

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.practice)

    def second(self, rows: Array, day: Array, second_of_day: Array) -> Array:
        """Return a second of a local day of some patients."""
        first = self.plan.first_day - MARGIN
        column = np.clip(day - first, 0, self.midnights.shape[1] - 1)
        return self.midnights[self.zone[rows], column] + second_of_day


STAYS, LEAVES, DIES = range(3)
BESIDE = tuple(dict.fromkeys(person.PROGRAMS_BESIDE))
OTHER_MONITORING = BESIDE.index(("other_monitoring",))
INSTRUMENTS = tuple(dict.fromkeys(person.ILLNESSES))
"""Illnesses, each once; an illness is a position here."""


def beside_programs() -> Array:
    """Return, by combination and program, 1 where the combination has it beside monitoring."""
    grid = np.zeros((len(BESIDE), len(PROGRAMS)), dtype=np.int8)
    for row, words in enumerate(BESIDE):
        for word in words:
            if word in PROGRAMS:
                grid[row, PROGRAMS.index(word)] = 1
    return grid


def body_systems() -> Array:
    """Return, by illness and device, the position of the body system, or -1."""
    grid = np.full((len(INSTRUMENTS), 3), -1, dtype=np.int64)
    for row, illness in enumerate(INSTRUMENTS):
        for column, instrument in enumerate(illness.instruments[:3]):
            if instrument.body_system:
                grid[row, column] = BODY_SYSTEMS.index(instrument.body_system)
    return grid


def open_practices(draws: Draws, count: int) -> Practices:
    """Return practices with their staff; person p of practice i is i * STAFF_PLACES + p."""
    extras = draws.between(0, 4, count)
    desk_roles = frozenset(clinic.DESK_ROLES)
    rows: list[tuple[int, int]] = []
    clinical, desk = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    added = draws.pick(range(len(clinic.EXTRAS)), count * 4).reshape(count, 4)
    second = draws.pick(range(len(clinic.PRACTITIONERS)), count)
    for practice in range(count):
        more = [clinic.EXTRAS[n] for n in added[practice, : extras[practice]]]
        healers = [role for role in more if role not in desk_roles]
        clerks = [role for role in more if role in desk_roles]
        roles = ["physician", clinic.PRACTITIONERS[second[practice]], "ai_agent", "rn", "rn", "ma"]
        roles += [*healers, *clerks]
        clinical[practice], desk[practice] = 3 + len(healers), len(clerks)
        first = practice * STAFF_PLACES
        rows += [(first + place, ROLES.index(role)) for place, role in enumerate(roles)]
    staff, role = np.array(rows, dtype=np.int64).T
    always: Array = np.full(len(rows), FOREVER)
    return Practices(
        draws.pick(numbered(ZONES, clinic.ZONES), count),
        draws.pick(numbered(SETTING_WORDS, clinic.SETTINGS), count),
        clinical,
        desk,
        StaffTable(staff, role, -always, always),
    )


def practices_of(draws: Draws, patients: int) -> Array:
    """Return the practice of each patient, practice after practice."""
    sizes = draws.hump(SMALLEST_PRACTICE, LARGEST_PRACTICE, patients // SMALLEST_PRACTICE + 1)
    return np.repeat(np.arange(len(sizes)), sizes)[:patients]


def introduce_all(plan: TablePlan, draws: Draws, count: int) -> People:
    """Return the patients of a part."""
    practice = practices_of(draws, count)
    practices = open_practices(draws, int(practice[-1]) + 1)
    elsewhere = draws.pick(numbered(ZONES, person.OTHER_ZONES), count)
    zone = np.where(draws.chance(40, count), elsewhere, practices.zone[practice])
    illness = draws.pick(numbered(INSTRUMENTS, person.ILLNESSES), count)
    program = np.array([PROGRAMS.index(each.program) for each in INSTRUMENTS])[illness]
    most = np.array([len(each.instruments) for each in INSTRUMENTS])[illness]
    span = plan.last_day - plan.first_day
    early = plan.first_day - draws.between(1, 60, count)
    late = plan.first_day + draws.between(0, span * 2 // 3, count)
    enrolled_day = np.where(draws.chance(900, count), early, late)
    fate, last_day = fates(plan, draws, enrolled_day)
    people = People(
        plan=plan,
        practices=practices,
        midnights=midnight_grid(ZONES, plan),
        practice=practice,
        zone=zone,
        illness=illness,
        program=program,
        beside=draws.pick(numbered(BESIDE, person.PROGRAMS_BESIDE), count),
        style=draws.pick(numbered(STYLE_WORDS, person.STYLES), count),
        payer=draws.pick(numbered(PAYER_WORDS, papers.PAYERS), count),
        pace=draws.hump(30, 110, count),
        typing=np.where(draws.chance(30, count), 500, 30),
        caregiver=draws.chance(120, count),
        enrolled_day=enrolled_day,
        last_day=last_day,
        fate=fate,
        devices=np.minimum(draws.pick(person.DEVICE_COUNTS, count), most),
        replaced_at=np.full(count, FOREVER),
    )
    rows = np.flatnonzero(draws.chance(25, count))
    day = enrolled_day[rows] + draws.between(20, 80, len(rows))
    people.replaced_at[rows] = people.second(rows, day, 38_000)
    return people


def fates(plan: TablePlan, draws: Draws, enrolled_day: Array) -> tuple[Array, Array]:
    """Return what becomes of each patient, and the last day of being looked after."""
    count = len(enrolled_day)
    months = len(plan.active_months)
    leaves = draws.chance(person.LEAVES_PER_MONTH * months, count)
    dies = draws.chance(person.DIES_PER_MONTH * months, count)
    day = draws.between(plan.first_day, plan.last_day, count)
    ends = (leaves | dies) & (day > enrolled_day)
    fate = np.where(ends, np.where(dies, DIES, LEAVES), STAYS)
    return fate, np.where(ends, day, plan.last_day + MARGIN - 1)
