"""One invented patient before anything is written: illness, programs, devices, habits, fate.

Every draw that several parts of a chart must agree on is made here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from caretally.clock import ServiceMonth, day_number
from caretally.synthetic.clinic import Clinic
from caretally.synthetic.dice import Dice, spread
from caretally.synthetic.ledger import Almanac, Ledger
from caretally.synthetic.vitals import (
    CUFF,
    FLOW_METER,
    GLUCOMETER,
    MOOD_DIARY,
    MOTION_SENSOR,
    OXIMETER,
    SCALE,
    THERMOMETER,
    Instrument,
)


@dataclass(frozen=True, slots=True)
class Illness:
    """Diagnoses and the instruments for them, the usual one first."""

    diagnoses: tuple[str, ...]
    instruments: tuple[Instrument, ...]
    program: str = "rpm"


HYPERTENSION = Illness(("I10",), (CUFF, SCALE, THERMOMETER))
HEART_FAILURE = Illness(("I11.0", "I50.22"), (SCALE, CUFF, OXIMETER))
LUNG = Illness(("J44.9",), (OXIMETER, THERMOMETER, CUFF))
DIABETES = Illness(("E11.65",), (GLUCOMETER, CUFF, SCALE))
ASTHMA = Illness(("J45.40",), (FLOW_METER,), "rtm")
KNEE = Illness(("M17.11",), (MOTION_SENSOR,), "rtm")
BACK = Illness(("M54.50",), (MOTION_SENSOR, MOTION_SENSOR), "rtm")
DEPRESSION = Illness(("F33.1",), (MOOD_DIARY,), "rtm")
TWO_SYSTEMS = Illness(("J45.40", "M17.11"), (FLOW_METER, MOTION_SENSOR), "rtm")

ILLNESSES = spread(
    (HYPERTENSION, 46), (HEART_FAILURE, 20), (LUNG, 10), (DIABETES, 17),
    (ASTHMA, 2), (KNEE, 2), (BACK, 1), (DEPRESSION, 1), (TWO_SYSTEMS, 1),
)  # fmt: skip
PROGRAMS_BESIDE = spread(
    ((), 742), (("ccm",), 150), (("apcm",), 30), (("pcm",), 25), (("bhi",), 25), (("tcm",), 10),
    (("ccm", "bhi"), 10), (("other_monitoring",), 8),
)  # fmt: skip
DEVICE_COUNTS = spread((1, 6), (2, 3), (3, 1))
STYLES = spread(("steady", 64), ("silent", 14), ("voice", 14), ("texting", 8))
OTHER_ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
               "America/Indiana/Indianapolis", "America/Puerto_Rico")  # fmt: skip
LEAVES_PER_MONTH = 10
DIES_PER_MONTH = 4


@dataclass(slots=True, kw_only=True)
class Holding:
    """A device in the patient's hands.

    since, until: seconds between which it is assigned.
    usual: what it measures on an ordinary day, in the instrument's own scale.
    sent: readings sent so far.
    """

    device: str
    instrument: Instrument
    medical: bool
    since: int
    until: int
    usual: tuple[int, ...]
    sent: int = 0


@dataclass(slots=True, kw_only=True)
class Person:
    """One patient of a clinic.

    program: the monitoring program; beside: further programs.
    enrolled_day: local day of the enrollment, maybe before the plan's first month.
    last_day: local day of death or disenrollment, or far beyond the plan.
    returns_day: local day of a second enrollment after leaving.
    fate: "stays", "leaves" or "dies".
    pace: percent of the usual length of this patient's spans.
    typing: readings in a thousand that are typed by hand.
    """

    clinic: Clinic
    id: str
    code: str
    dice: Dice
    ledger: Ledger
    almanac: Almanac
    moved_zone: str | None
    illness: Illness
    program: str
    beside: tuple[str, ...]
    style: str
    enrolled_day: int
    last_day: int
    fate: str
    returns_day: int | None
    pace: int
    typing: int
    caregiver: str | None
    holdings: list[Holding] = field(default_factory=list)

    @property
    def zone_name(self) -> str:
        """The zone the patient lives in."""
        return self.almanac.zone_name

    def second(self, day: int, second_of_day: int = 36_000) -> int:
        """Return a second of a local day, 10:00 by default."""
        return self.almanac.second(day, second_of_day)

    def clerk(self) -> str:
        """Return the actor of papers: somebody of the clinical staff."""
        return f"staff:{self.dice.pick(self.clinic.clinical)}"

    def active_days(self, first_day: int, last_day: int) -> tuple[int, int]:
        """Return the first and last day between two on which the person is looked after.

        The last is before the first where there is none.
        """
        if self.returns_day is not None and last_day >= self.returns_day:
            return max(first_day, self.returns_day), last_day
        return max(first_day, self.enrolled_day), min(last_day, self.last_day)

    def may_hear_a_voice_agent(self) -> bool:
        """Whether the AI agent calls this patient."""
        return self.style == "voice"


def introduce(clinic: Clinic, number: int) -> Person:
    """Return patient `number` of a clinic, with all that was drawn about the person."""
    plan = clinic.plan
    dice = Dice(plan.seed, clinic.number, number)
    code = f"{clinic.code}_{number:04d}"
    elsewhere = dice.chance(40)
    illness = dice.pick(ILLNESSES)
    enrolled_day = _enrolled_day(clinic, dice)
    fate, last_day = _fate(clinic, dice, enrolled_day)
    beside = _beside(dice, illness.program)
    return Person(
        clinic=clinic,
        id=f"pat_{code}",
        code=code,
        dice=dice,
        ledger=Ledger(f"ent_{code}", f"pat_{code}"),
        almanac=Almanac(plan, dice.pick(OTHER_ZONES)) if elsewhere else clinic.almanac,
        moved_zone=dice.pick(OTHER_ZONES) if dice.chance(8) else None,
        illness=illness,
        program=illness.program,
        beside=beside,
        style=dice.pick(STYLES),
        enrolled_day=enrolled_day,
        last_day=last_day,
        fate=fate,
        returns_day=_returns_day(dice, fate, last_day),
        pace=dice.hump(30, 110) + (45 if beside else 0),
        typing=500 if dice.chance(30) else 30,
        caregiver=f"cgv_{code}" if dice.chance(120) else None,
    )


def _beside(dice: Dice, program: str) -> tuple[str, ...]:
    beside = dice.pick(PROGRAMS_BESIDE)
    if beside == ("other_monitoring",):
        return ("rtm",) if program == "rpm" else ("rpm",)
    return beside


def _enrolled_day(clinic: Clinic, dice: Dice) -> int:
    months = clinic.plan.month_days()
    first_day, last_day = months[0][0], months[-1][1]
    if dice.chance(900):
        return first_day - dice.between(1, 60)
    return dice.between(first_day, first_day + (last_day - first_day) * 2 // 3)


def _returns_day(dice: Dice, fate: str, last_day: int) -> int | None:
    returns = fate == "leaves" and dice.chance(150)
    return last_day + dice.between(5, 30) if returns else None


def _fate(clinic: Clinic, dice: Dice, enrolled_day: int) -> tuple[str, int]:
    for first_day, last_day in clinic.plan.month_days():
        leaves, dies = dice.chance(LEAVES_PER_MONTH), dice.chance(DIES_PER_MONTH)
        if (leaves or dies) and first_day > enrolled_day:
            return ("dies" if dies else "leaves"), dice.between(first_day, last_day)
    return "stays", day_number(ServiceMonth(9000, 1).first_day)
