"""The slow, obvious decision that the product is held against.

`oracle_decide` says, in the plainest Python and from the text of the contract alone, which lines a
month of entries supports. It shares no code with the fold, the criteria or the rulebook's sheets:
rule values stand here as constants with the place they come from. It refuses to explain itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry
from tests.property.oracle_days import (
    Period,
    explain_readings,
    had_covid,
    meets_setup,
    periods_of,
    readings_of,
)
from tests.property.oracle_file import File, Person, day_of, person_of, read_file, second_of, touch
from tests.property.oracle_holds import (
    PAYERS,
    Slot,
    enrollment_for,
    holds_of,
    payer_on,
    plain,
    program_of,
    setting_for,
    slot_of,
)
from tests.property.oracle_time import Roster, Span, explain, settle, split_seconds, totals

POLICIES = ("cms_combined", "interactive_only", "cms_combined_min_live")
STRICT_SETUP = "setup_16_days"
LIVE_FLOOR = 300  # contract section 6, Policies
BLOCK, SHORT_BLOCK = 1200, 600  # rulebook 4.1
MOST_MORE_UNITS = 3  # rulebook 5.1: MUE of 99458 and 98981
SOFT_CAP = 2  # rulebook 4.1
REVIEW_SECONDS = 1800  # contract section 6, 99091
LONG_DAYS, SHORT_DAYS = 16, 2  # rulebook 4.2

# First date of service (rulebook 1).
VALID_FROM = {
    "99453": date(2019, 1, 1), "99454": date(2019, 1, 1), "99457": date(2019, 1, 1),
    "99091": date(2019, 1, 1), "99458": date(2020, 1, 1), "99445": date(2026, 1, 1),
    "99470": date(2026, 1, 1), "98975": date(2022, 1, 1), "98976": date(2022, 1, 1),
    "98977": date(2022, 1, 1), "98980": date(2022, 1, 1), "98981": date(2022, 1, 1),
    "98978": date(2023, 1, 1), "98984": date(2026, 1, 1), "98985": date(2026, 1, 1),
    "98986": date(2026, 1, 1), "98979": date(2026, 1, 1), "99490": date(2015, 1, 1),
    "99439": date(2021, 1, 1), "99491": date(2019, 1, 1), "99437": date(2022, 1, 1),
    "99424": date(2022, 1, 1), "99425": date(2022, 1, 1), "99426": date(2022, 1, 1),
    "99427": date(2022, 1, 1), "99484": date(2018, 1, 1),
}  # fmt: skip
APCM_FROM = date(2025, 1, 1)  # rulebook 1.3
LOADED_FROM, LOADED_TO = date(2019, 1, 1), date(2026, 12, 31)  # rulebook, Limit of the evidence

# base, further blocks, short block, set-up
RPM = ("99457", "99458", "99470", "99453")
RTM = ("98980", "98981", "98979", "98975")
SYSTEM_CODES = {  # rulebook 1.2: long, short
    "respiratory": ("98976", "98984"),
    "musculoskeletal": ("98977", "98985"),
    "cognitive_behavioral": ("98978", "98986"),
}

# NCCI pairs of 2024 Q3 that lines of one date can meet (shared data, indicator).
NEVER_WITH_REVIEW = {
    "99453", "99454", "99458", "98975", "98976", "98977", "98978", "98980", "98981",
}  # fmt: skip
# NCCI pairs of codes that `visit_billed` may name, as far as the generator names them.
VISIT_PAIRS: dict[str, dict[str, int]] = {
    "99213": {"99091": 0},
    "95250": {
        "98975": 1, "98976": 0, "98977": 1, "98980": 0, "98981": 0, "99091": 0,
        "99453": 0, "99454": 0, "99457": 0, "99458": 0,
    },
    "95249": {"98975": 0, "98976": 0, "98977": 0, "99091": 1, "99453": 0, "99454": 0},
    "99473": {
        "98975": 0, "98976": 0, "98977": 0, "98980": 0, "99091": 0, "99453": 0, "99454": 0,
        "99457": 0,
    },
    "94760": {"98975": 1, "98976": 1, "98977": 1, "99453": 0, "99454": 0},
    "99490": {"99091": 1},
    "93793": {"98980": 1, "98981": 1, "99457": 1, "99458": 1},
}  # fmt: skip

# Dates at which a device or set-up rule changes (rulebook 4.2, 4.3).
RULE_CHANGES = {
    "rpm": (date(2019, 1, 1), date(2020, 3, 1), date(2023, 5, 12), date(2026, 1, 1)),
    "rtm": (date(2022, 1, 1), date(2023, 1, 1), date(2023, 5, 12), date(2026, 1, 1)),
}
# UnitedHealthcare's announced and postponed restriction (rulebook 7).
RESTRICTED_FROM = date(2026, 1, 1)
RESTRICTED_TO = ("I50", "O10", "O11", "O13", "O14", "O15", "O16")
# CMS in 2025 let these practices choose (contract section 6, Which lines).
CHOICE_FROM, CHOICE_TO = date(2025, 1, 1), date(2025, 9, 30)

Lines = dict[tuple[str, date], int]


@dataclass
class Case:
    """One patient-month, ready to be judged under any reading."""

    file: File
    person: Person
    totals: dict[str, int]
    periods: list[Period]
    roster: Roster
    spans: list[Span]

    @property
    def month_slot(self) -> Slot:
        """The calendar month."""
        month = self.person.month
        return slot_of(self.person, month.first_day, month.last_day)

    def slot(self, period: Period) -> Slot:
        """A device period."""
        return slot_of(self.person, period.first, period.last, period.episode)

    def ending(self) -> list[Period]:
        """The periods that end in the month."""
        month = self.person.month
        return [p for p in self.periods if month.first_day <= p.last <= month.last_day]


def default_policy(payer: str | None, day: date) -> str:
    """The payer's counting policy on a date (contract section 6, Policies)."""
    is_medicare = payer == "medicare_ffs" or payer not in PAYERS  # of nobody nothing is billed
    if is_medicare and day < date(2021, 1, 1):
        return "interactive_only"
    return "cms_combined"


def may_stand(case: Case, code: str, slot: Slot) -> bool:
    """Whether a code exists on the date of service and nothing holds it."""
    if slot.on < VALID_FROM[code]:
        return False
    return not holds_of(case.file, case.person, code, slot)


def minutes_lines(case: Case, policy: str) -> Lines:
    """Base, further blocks or the short block of the month."""
    base, more, short, _ = RPM if case.person.program == "rpm" else RTM
    slot = case.month_slot
    counted = case.totals["management_seconds"]
    if policy == "interactive_only":
        counted = case.totals["live_seconds"]
    if case.totals["qualifying_contacts"] < 1:
        return {}
    if policy == "cms_combined_min_live" and case.totals["live_seconds"] < LIVE_FLOOR:
        return {}
    lines: Lines = {}
    if counted >= BLOCK and may_stand(case, base, slot):
        lines[base, slot.on] = 1
        units = min(MOST_MORE_UNITS, (counted - BLOCK) // BLOCK)
        if units >= 1 and may_stand(case, more, slot):
            lines[more, slot.on] = units
    if SHORT_BLOCK <= counted < BLOCK and may_stand(case, short, slot):
        lines[short, slot.on] = 1
    return lines


def device_code(case: Case, period: Period) -> str | None:
    """The device code that the data days of a period reach."""
    long_days, days = LONG_DAYS, period.data_days
    if case.person.program == "rpm":
        long_code, short_code = "99454", "99445"
        if had_covid(case.person, period.last):
            long_days = SHORT_DAYS
    else:
        if len(period.systems) != 1:
            return None
        long_code, short_code = SYSTEM_CODES[next(iter(period.systems))]
    if days >= long_days:
        return long_code
    if days >= SHORT_DAYS:
        return short_code
    return None


def period_lines(case: Case, *, strict: bool) -> Lines:
    """Device and set-up codes of the periods that end in the month."""
    lines: Lines = {}
    setup = (RPM if case.person.program == "rpm" else RTM)[3]
    program = case.person.program
    for position, period in enumerate(case.periods):
        if period not in case.ending():
            continue
        slot = case.slot(period)
        code = device_code(case, period)
        if code is not None and may_stand(case, code, slot):
            lines[code, slot.on] = 1
        before = [p for p in case.periods[:position] if p.episode == period.episode]
        if any(meets_setup(case.person, program, p, strict=strict) for p in before):
            continue
        met = meets_setup(case.person, program, period, strict=strict)
        if met and may_stand(case, setup, slot):
            lines[setup, slot.on] = 1
    return lines


def review_stands(case: Case, lines: Lines) -> bool:
    """Whether 99091 stands beside the other lines of the month."""
    slot = case.month_slot
    if case.totals["review_seconds"] < REVIEW_SECONDS or not may_stand(case, "99091", slot):
        return False
    for code, on in lines:
        if code in ("99457", "99458", "99470"):
            return False
        if on == slot.on and code in NEVER_WITH_REVIEW:
            return False
    for entry in case.person.of_kind("visit_billed"):
        pair = VISIT_PAIRS.get(entry.body.code, {}).get("99091")
        if entry.body.on == slot.on and pair == 0:
            return False
    return True


def lines_under(case: Case, policy: str, *, strict: bool) -> Lines:
    """The lines under one counting policy and one reading of the set-up floor."""
    lines = minutes_lines(case, policy) | period_lines(case, strict=strict)
    for code, on in list(lines):
        # NCCI 98978 / 98975, indicator 0; 98978 has no national amount, so it is the smaller.
        if code == "98978" and ("98975", on) in lines:
            del lines[code, on]
    if review_stands(case, lines):
        lines["99091", case.month_slot.on] = 1
    return lines


def judged(case: Case) -> list[tuple[str, Slot]]:
    """Every code and slot that is looked at, whether or not it has the time or the days.

    The decided program, and the other one where the patient was in it during the month.
    """
    person, month = case.person, case.person.month
    found = [("99091", case.month_slot)]
    for program in ("rpm", "rtm"):
        is_other = program != person.program
        span = person.month_span
        if is_other and not any(touch(w, span) for w in person.enrollments(program)):
            continue
        base, more, short, setup = RPM if program == "rpm" else RTM
        found += [(code, case.month_slot) for code in (base, more, short)]
        devices = ["99454", "99445"]
        if program == "rtm":
            devices = [code for both in SYSTEM_CODES.values() for code in both]
        for period in periods_of(case.file, person, program):
            if period.last >= month.first_day:
                found += [(code, case.slot(period)) for code in (setup, *devices)]
    return [(code, slot) for code, slot in found if slot.on >= VALID_FROM[code]]


def risks(case: Case, policy: str, lines: Lines) -> dict[str, list[str]]:
    """The readings under which each line would fall or shrink."""
    others = {other: lines_under(case, other, strict=False) for other in POLICIES}
    others[STRICT_SETUP] = lines_under(case, policy, strict=True)
    found = {}
    for (code, on), units in lines.items():
        names = [name for name, other in others.items() if other.get((code, on), 0) < units]
        if names:
            found[f"{code}|{on}"] = sorted(names)
    return found


def sister_lines(case: Case) -> list[dict]:
    """Timed codes of the other programs that the seconds support (advisory)."""
    person, on = case.person, case.month_slot.on
    found: list[tuple[str, int, str]] = []

    def seconds(program: str) -> tuple[int, int]:
        return split_seconds(person, program, case.spans, case.roster)

    def blocks(counted: int, block: int) -> int:
        return min(2, (counted - block) // block)

    in_apcm = any(touch(w, person.month_span) for w in person.enrollments("apcm"))
    if not in_apcm or on < APCM_FROM:
        staff, practitioner = seconds("ccm")
        if practitioner >= 1800:
            found.append(("99491", 1, "ccm"))
            found.append(("99437", blocks(practitioner, 1800), "ccm"))
        elif staff >= 1200:
            found.append(("99490", 1, "ccm"))
            found.append(("99439", blocks(staff, 1200), "ccm"))
        staff, practitioner = seconds("pcm")
        if practitioner >= 1800 and on >= VALID_FROM["99424"]:
            found.append(("99424", 1, "pcm"))
            found.append(("99425", blocks(practitioner, 1800), "pcm"))
        elif staff >= 1800:
            found.append(("99426", 1, "pcm"))
            found.append(("99427", blocks(staff, 1800), "pcm"))
    if seconds("bhi")[0] >= 1200:
        found.append(("99484", 1, "bhi"))
    return [
        {"code": code, "units": units, "date_of_service": str(on), "program": program}
        for code, units, program in sorted(found)
        if units > 0 and on >= VALID_FROM[code]
    ]


def in_month_spans(case: Case) -> list[Span]:
    """The person's contacts and logged time that share a second with the month."""
    return [span for span in case.spans if span.person is case.person and span.in_month()]


def has_late_entries(case: Case) -> bool:
    """Whether a span was written down late (contract section 1, cases C11)."""
    for span in in_month_spans(case):
        recorded = second_of(span.entry.recorded_at)
        if recorded - span.end > 72 * 3600:
            return True
        day = day_of(recorded, case.person.zone)
        if day > day_of(span.end, case.person.zone) and day > case.person.month.last_day:
            return True
    return False


def days_of(month: ServiceMonth) -> list[date]:
    """Every date of a month."""
    length = (month.last_day - month.first_day).days + 1
    return [month.first_day + timedelta(days=offset) for offset in range(length)]


def pair_flag(case: Case, lines: Lines) -> bool:
    """Whether a line meets a billed visit of its date in the NCCI table."""
    for entry in case.person.of_kind("visit_billed"):
        for code, on in lines:
            if on == entry.body.on and code in VISIT_PAIRS.get(entry.body.code, {}):
                return True
    return False


def is_restricted(case: Case, code: str, slot: Slot) -> bool:
    """Whether the postponed restriction of a payer would meet the patient."""
    if payer_on(case.person, slot.on) != "unitedhealthcare" or slot.on < RESTRICTED_FROM:
        return False
    enrolled = enrollment_for(case.person, program_of(case.person, code), slot)
    diagnoses = [] if enrolled is None else [plain(one) for one in enrolled.body.diagnoses]
    return not any(one.startswith(RESTRICTED_TO) for one in diagnoses)


def flags_of(case: Case, lines: Lines, as_of: datetime | None) -> set[str]:
    """The flags of a decision."""
    person, month = case.person, case.person.month
    flags = set()
    for period in case.ending():
        for change in RULE_CHANGES[person.program]:
            if period.first < change <= period.last:
                flags.add("straddles_rule_change")
        if len(period.devices) > 1:
            flags.add("several_devices")
    if any(touch(w, person.month_span) for w in person.enrollments(person.program)):
        days = [r.day for r in readings_of(case.file, person, person.program) if not r.faults]
        if not any(month.first_day <= day <= month.last_day for day in days):
            flags.add("no_device_data_this_month")
    payers = {payer_on(person, day) for day in days_of(month)} - {None}
    if len(payers) > 1:
        flags.add("payer_changed")
    if any(code == "99458" and units > SOFT_CAP for (code, _), units in lines.items()):
        flags.add("units_above_soft_cap")
    if pair_flag(case, lines):
        flags.add("ncci_pair")
    for entry in person.of_kind("stay_recorded"):
        end = 10**12 if entry.body.to_at is None else second_of(entry.body.to_at)
        if touch((second_of(entry.body.from_at), end), person.month_span):
            flags.add("stay_in_month")
    if as_of is not None:
        today = day_of(second_of(as_of), person.zone)
        if any(on > today for _, on in lines):
            flags.add("before_date_of_service")
    if has_late_entries(case):
        flags.add("late_entries")
    has_base = any(code in ("99457", "99470", "98980", "98979") for code, _ in lines)
    if has_base and case.totals["live_seconds"] < LIVE_FLOOR:
        flags.add("low_live_time")
    for span in in_month_spans(case):
        if span.won and span.end - span.start < 10:
            flags.add("accidental_entry")
    for code, slot in judged(case):
        setting = setting_for(case.file, person, program_of(person, code), slot)
        if setting in ("fqhc", "rhc") and CHOICE_FROM <= slot.on <= CHOICE_TO:
            flags.add("g0511_possible")
        if is_restricted(case, code, slot):
            flags.add("coverage_restriction_postponed")
    if person.program == "rtm" or any(
        touch(w, person.month_span) for w in person.enrollments("rtm")
    ):
        for period in periods_of(case.file, person, "rtm"):
            unclear = period.data_days and len(period.systems) != 1
            if unclear and period.last >= month.first_day:
                flags.add("body_system_unclear")
    return flags


def decide_one(case: Case, policy: str | None, as_of: datetime | None) -> dict:
    """The decision of one patient."""
    person = case.person
    last = person.month.last_day
    payer = payer_on(person, last)
    chosen = policy or default_policy(payer, last)
    rows = explain(person, case.spans, case.file) + explain_readings(case.file, person)
    decision = {
        "patient": person.name,
        "month": str(person.month),
        "time_zone": person.zone,
        "payer": payer,
        "policy": chosen,
        "totals": case.totals,
        "periods": [
            {"from": str(p.first), "to": str(p.last), "data_days": p.data_days}
            for p in case.ending()
        ],
        "entries": sorted(rows, key=lambda row: row["id"]),
        "lines": [],
        "sister_lines": [],
        "at_risk": {},
        "holds": ["rules_are_loaded"],
        "hold_slots": {},
        "flags": [],
    }
    if not LOADED_FROM <= last <= LOADED_TO:
        return decision
    lines = lines_under(case, chosen, strict=False)
    slots = {
        f"{code}|{slot.on}": sorted(holds_of(case.file, person, code, slot))
        for code, slot in judged(case)
    }
    decision["lines"] = [
        {"code": code, "units": units, "date_of_service": str(on)}
        for (code, on), units in sorted(lines.items(), key=lambda item: (item[0][1], item[0][0]))
    ]
    decision["sister_lines"] = sister_lines(case)
    decision["at_risk"] = risks(case, chosen, lines)
    decision["holds"] = sorted({name for names in slots.values() for name in names})
    decision["hold_slots"] = {slot: names for slot, names in slots.items() if names}
    decision["flags"] = sorted(flags_of(case, lines, as_of))
    return decision


def oracle_decide(
    entries: Iterable[Entry],
    month: ServiceMonth,
    policy: str | None = None,
    as_of: datetime | None = None,
) -> list[dict]:
    """Decide every patient of a file for one month, in the order of their ids."""
    file = read_file(entries, as_of)
    people = {name: person_of(file, name, month) for name in file.patients()}
    spans = settle(file, people)
    roster = Roster(file)
    decisions = []
    for name in sorted(people):
        person = people[name]
        case = Case(
            file=file,
            person=person,
            totals=totals(person, spans, roster),
            periods=periods_of(file, person, person.program),
            roster=roster,
            spans=spans,
        )
        decisions.append(decide_one(case, policy, as_of))
    return decisions


__all__ = ["PAYERS", "POLICIES", "oracle_decide"]
