"""An invented practice: its staff, their working days and its stock of devices.

Everything follows from the plan's seed and the practice's number. Staff work in ten-minute slots,
so that they overlap about as often as people who log time by hand do, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from caretally.clock import DEFAULT_ZONE, date_of
from caretally.journal.entries import DeviceAssigned, PracticeRegistered, StaffRegistered
from caretally.synthetic.dice import Dice, spread
from caretally.synthetic.ledger import Almanac, Ledger
from caretally.synthetic.plan import Plan
from caretally.synthetic.vitals import CUFF, SCALE

ZONES = spread(
    ("America/New_York", 40),
    ("America/Chicago", 25),
    ("America/Denver", 8),
    ("America/Los_Angeles", 17),
    ("America/Phoenix", 5),
    ("Pacific/Honolulu", 3),
    ("America/Anchorage", 2),
)
SETTINGS = spread(("office", 86), ("facility", 6), ("fqhc", 4), ("rhc", 4))
FIRST_WORDS = (
    "Amber", "Birch", "Cedar", "Dogwood", "Elm", "Fern", "Granite", "Hazel", "Iris", "Juniper",
    "Larkspur", "Maple", "Meadow", "Oakley", "Pebble", "Quarry", "Ridge", "Sorrel", "Thistle",
    "Willow",
)  # fmt: skip
LAST_WORDS = (
    "Family Medicine", "Internal Medicine", "Primary Care", "Heart Clinic", "Lung Clinic",
    "Community Health", "Medical Group",
)  # fmt: skip
PRACTITIONERS = spread(("np", 5), ("pa", 3), ("cns", 1), ("cnm", 1), ("physician", 2))
EXTRAS = spread(
    ("rn", 3), ("lpn", 3), ("ma", 3), ("pharmacist", 1), ("dietitian", 1), ("therapist", 1),
    ("health_educator", 1), ("receptionist", 2), ("biller", 1), ("other", 1),
)  # fmt: skip
DESK_ROLES = frozenset({"receptionist", "biller", "other"})
DAY_BEGINS = 8 * 3600
SLOT_SECONDS = 600
SLOTS = tuple(range(54))
"""Ten-minute slots of a working day from 8:00 to 17:00."""


@dataclass(slots=True)
class Roster:
    """Who is busy when.

    latest: the span that was written last for a staff member, as start and end.
    """

    latest: dict[str, tuple[int, int]] = field(default_factory=dict)
    _free: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def slot(self, staff: str, day: int, dice: Dice) -> int:
        """Return the second of the day at which a free slot of a staff member begins."""
        free = self._free.get((staff, day))
        if free is None:
            free = self._free[staff, day] = list(SLOTS)
        if not free:
            return DAY_BEGINS + SLOT_SECONDS * dice.below(len(SLOTS))
        at = dice.below(len(free))
        free[at], free[-1] = free[-1], free[at]
        return DAY_BEGINS + SLOT_SECONDS * free.pop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """One practice and what its charts share.

    code: the seed and number that all its ids hold.
    practitioners: staff who may order and bill, the billing physician first.
    clinical: staff whose seconds count, practitioners left out.
    desk: staff whose seconds never count.
    agent: the AI agent.
    shelf: devices that came back, with the second from which they can go out again.
    """

    plan: Plan
    number: int
    code: str
    id: str
    almanac: Almanac
    practitioners: tuple[str, ...]
    clinical: tuple[str, ...]
    desk: tuple[str, ...]
    agent: str
    ledger: Ledger
    roster: Roster = field(default_factory=Roster)
    shelf: list[tuple[str, int]] = field(default_factory=list)


def open_clinic(plan: Plan, number: int) -> Clinic:
    """Return a practice with the entries that register it, its staff and its stock."""
    dice = Dice(plan.seed, number, "clinic")
    code = f"{plan.seed}_{number:04d}"
    zone_name = dice.pick(ZONES)
    roles = _roles(dice)
    staff = tuple((f"stf_{code}_{index:02d}", role) for index, role in enumerate(roles))
    clinic = Clinic(
        plan=plan,
        number=number,
        code=code,
        id=f"prac_{code}",
        almanac=Almanac(plan, zone_name),
        practitioners=tuple(person for person, _ in staff[:2]),
        clinical=tuple(person for person, role in staff[3:] if role not in DESK_ROLES),
        desk=tuple(person for person, role in staff if role in DESK_ROLES),
        agent=staff[2][0],
        ledger=Ledger(f"ent_{code}", None),
    )
    _register(clinic, dice)
    _hire(clinic, staff, dice)
    _stock(clinic)
    return clinic


def npi(number: int) -> str:
    """Return a provider number that passes the check digit and begins with 2, as none issued does.

    Example:
        >>> npi(1)
        '2000000010'
    """
    digits = f"2{number % 100_000_000:08d}"
    doubled = [int(digit) * 2 for digit in digits[::-2]]
    total = 24 + sum(value // 10 + value % 10 for value in doubled)
    total += sum(int(digit) for digit in digits[-2::-2])
    return digits + str(-total % 10)


def _roles(dice: Dice) -> list[str]:
    fixed = [
        "physician",
        dice.pick(PRACTITIONERS),
        "ai_agent",
        "rn",
        "rn",
        dice.pick(("ma", "lpn")),
    ]
    return fixed + [dice.pick(EXTRAS) for _ in range(dice.between(0, 4))]


def _opening(clinic: Clinic) -> tuple[date, int]:
    first_day = clinic.plan.month_days()[0][0]
    opened_on = first_day - 200
    return date_of(opened_on), clinic.almanac.second(opened_on, DAY_BEGINS)


def _register(clinic: Clinic, dice: Dice) -> None:
    number = clinic.number
    zone_name = clinic.almanac.zone_name
    unsaid = zone_name == DEFAULT_ZONE and dice.chance(60)
    body = PracticeRegistered(
        practice=clinic.id,
        name=f"{dice.pick(FIRST_WORDS)} {dice.pick(LAST_WORDS)} {number + 1}",
        npi=npi(10_000 + number),
        tin=f"00-{number % 10_000_000:07d}",
        time_zone=None if unsaid else zone_name,
        setting=dice.pick(SETTINGS),
    )
    clinic.ledger.note(body, _opening(clinic)[1], "system:synthetic")


def _hire(clinic: Clinic, staff: tuple[tuple[str, str], ...], dice: Dice) -> None:
    opened_on, second = _opening(clinic)
    first_day = clinic.plan.month_days()[0][0]
    for index, (person, role) in enumerate(staff):
        leaves = index > 5 and dice.chance(120)
        billing = index < 2
        body = StaffRegistered(
            staff=person,
            role=role,
            npi=npi(20_000_000 + clinic.number * 2 + index) if billing else None,
            from_on=None if dice.chance(300) else opened_on,
            to_on=date_of(first_day + dice.between(10, 60)) if leaves else None,
            supervised_by=None if index == 0 else staff[0][0],
        )
        clinic.ledger.note(body, second + 60 + index, "system:synthetic")


def _stock(clinic: Clinic) -> None:
    _, second = _opening(clinic)
    for index, instrument in enumerate((CUFF, CUFF, SCALE)):
        body = DeviceAssigned(
            device=f"dev_{clinic.code}_stock_{index}",
            vendor=instrument.vendor,
            model=instrument.model,
            medical_device=True,
            parameters=instrument.parameters,
        )
        clinic.ledger.note(body, second + 600 + index, "system:synthetic")
