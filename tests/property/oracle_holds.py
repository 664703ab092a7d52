"""What must be on file for a code on a date of service (contract section 6, Holds)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from caretally.journal.entries import Entry
from tests.property.oracle_days import readings_of
from tests.property.oracle_file import (
    ONE_DAY,
    File,
    Person,
    day_of,
    month_span,
    open_on,
    practices,
    second_of,
    start_of,
    touch,
    zone_of_enrollment,
)

# Contract section 6, Payers.
PAYERS = {
    "medicare_ffs", "medicare_advantage", "unitedhealthcare", "aetna", "anthem", "cigna",
    "bcbs_mississippi", "medicaid_md", "medicaid_nc", "medicaid_ar", "commercial", "self_pay",
}  # fmt: skip
DEMAND_AUTHORIZATION = {"bcbs_mississippi", "medicaid_md"}  # rulebook section 7

SETUP = {"99453", "98975"}
RPM_DEVICE = {"99454", "99445"}
RTM_DEVICE = {"98976", "98977", "98978", "98984", "98985", "98986"}
DEVICE = RPM_DEVICE | RTM_DEVICE
MINUTES = {"99457", "99458", "99470", "98980", "98981", "98979"}
PERIOD_GROUP = SETUP | DEVICE
MORE_SPECIFIC = {"95249", "95250", "95251", "99473", "99474"}  # contract section 6, Which lines

BEGAN_IN_EMERGENCY = date(2023, 5, 11)  # contract section 6, Holds
ESTABLISHED_ASKED_FROM = date(2023, 5, 12)
BUNDLED_FROM, BUNDLED_TO = date(2024, 1, 1), date(2024, 12, 31)  # fqhc, rhc


@dataclass
class Slot:
    """What is judged: the month, or a device period of an episode; `window` is its seconds."""

    first: date
    last: date
    window: tuple[int, int]
    episode: int | None

    @property
    def is_month(self) -> bool:
        """Whether this is the calendar month."""
        return self.episode is None

    @property
    def on(self) -> date:
        """The date of service."""
        return self.last


def slot_of(person: Person, first: date, last: date, episode: int | None = None) -> Slot:
    """A slot from local midnight to local midnight."""
    window = (start_of(first, person.zone), start_of(last + ONE_DAY, person.zone))
    return Slot(first=first, last=last, window=window, episode=episode)


def payer_on(person: Person, day: date) -> str | None:
    """The payer in force on a date: smallest priority, latest from, smaller id."""
    found = [e for e in person.of_kind("covered") if open_on(day, e.body.from_on, e.body.to_on)]
    found.sort(key=lambda e: (e.body.priority, -e.body.from_on.toordinal(), e.id))
    return found[0].body.payer if found else None


def enrollment_for(person: Person, program: str, slot: Slot) -> Entry | None:
    """The enrollment that a date of service goes by: the latest up to its end."""
    return person.enrolled_by(program, slot.window[1])


def setting_for(file: File, person: Person, program: str, slot: Slot) -> str | None:
    """The setting of the practice that bills."""
    known = practices(file)
    enrolled = enrollment_for(person, program, slot)
    if enrolled is None:
        return None
    if enrolled.body.practice is not None:
        practice = known.get(enrolled.body.practice)
    else:
        practice = next(iter(known.values())) if len(known) == 1 else None
    return None if practice is None else practice.body.setting


def three_years_before(day: date) -> date:
    """The same date three years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - 3)
    except ValueError:
        return day.replace(year=day.year - 3, day=28)


def is_established(file: File, person: Person, program: str, slot: Slot) -> bool:
    """Whether the patient was known to the practice before monitoring began."""
    if slot.on < ESTABLISHED_ASKED_FROM:
        return True
    enrolled = [e for e in person.of_kind("enrolled") if e.body.program == program]
    enrolled = [e for e in enrolled if second_of(e.at) < slot.window[1]]
    if not enrolled:
        return False
    if day_of(second_of(enrolled[0].at), person.zone) <= BEGAN_IN_EMERGENCY:
        return True
    episodes = [w for w in person.enrollments(program) if w[0] < slot.window[1]]
    begin, end = episodes[-1 if slot.episode is None else slot.episode]
    found = False
    for entry in enrolled:
        visit = entry.body.established_on
        start = day_of(begin, zone_of_enrollment(entry, file))
        if begin <= second_of(entry.at) < end and visit is not None and visit < start:
            found = three_years_before(start) <= visit
    return found


def has_device_data(file: File, person: Person, program: str, slot: Slot) -> bool:
    """Whether an episode that overlaps the month has a data day by the end of the month."""
    for window in person.enrollments(program):
        if not touch(window, slot.window):
            continue
        for reading in readings_of(file, person, program):
            inside = window[0] <= reading.second < min(window[1], slot.window[1])
            if inside and not reading.faults:
                return True
    return False


def is_in_one_program(person: Person, slot: Slot) -> bool:
    """Whether RPM and RTM keep apart in the month of service and in the device period."""
    month = month_span(person.month, person.zone)
    for window in (month, slot.window):
        rpm = any(touch(w, window) for w in person.enrollments("rpm"))
        rtm = any(touch(w, window) for w in person.enrollments("rtm"))
        if rpm and rtm:
            return False
    return True


def was_billed_elsewhere(person: Person, code: str, slot: Slot) -> bool:
    """Whether somebody else's claim, or a more specific code, stands in the way."""
    for entry in person.of_kind("billed_elsewhere"):
        body = entry.body
        if body.to_on < slot.first or slot.last < body.from_on:
            continue
        if code in PERIOD_GROUP and body.code in PERIOD_GROUP:
            return True
        if code in MINUTES and body.code in MINUTES:
            return True
        if code in DEVICE and body.code in MORE_SPECIFIC:
            return True
    for entry in person.of_kind("visit_billed"):
        body = entry.body
        if code in DEVICE and body.code in MORE_SPECIFIC and slot.first <= body.on <= slot.last:
            return True
    return False


def plain(code: str) -> str:
    """A diagnosis without its dot."""
    return code.replace(".", "").upper()


def is_access_aligned(person: Person, program: str, slot: Slot) -> bool:
    """Whether every diagnosis of the enrollment is aligned on the date of service."""
    enrolled = enrollment_for(person, program, slot)
    if enrolled is None or not enrolled.body.diagnoses:
        return False
    prefixes = []
    for entry in person.of_kind("access_aligned"):
        if open_on(slot.on, entry.body.from_on, entry.body.to_on):
            prefixes += [plain(prefix) for prefix in entry.body.conditions]
    for diagnosis in enrolled.body.diagnoses:
        if not any(plain(diagnosis).startswith(prefix) for prefix in prefixes):
            return False
    return True


def in_global_surgery(person: Person, day: date) -> bool:
    """Whether a related global period of the billing provider covers a date."""
    for entry in person.of_kind("global_surgery_recorded"):
        body = entry.body
        if body.related and body.by_billing_provider and body.from_on <= day <= body.to_on:
            return True
    return False


def is_authorized(person: Person, code: str, day: date) -> bool:
    """Whether the payer allowed the code beforehand, where it asks for that."""
    payer = payer_on(person, day)
    if payer not in DEMAND_AUTHORIZATION:
        return True
    for entry in person.of_kind("authorized"):
        body = entry.body
        if body.payer == payer and code in body.codes and open_on(day, body.from_on, body.to_on):
            return True
    return False


def is_ordered(person: Person, program: str, slot: Slot) -> bool:
    """Whether an order had begun by the date of service and had not ended before its month."""
    first_of_month = start_of(slot.on.replace(day=1), person.zone)
    for begun, ended in person.orders(program):
        if begun < slot.window[1] and ended > first_of_month:
            return True
    return False


def program_of(person: Person, code: str) -> str:
    """The program of a code; 99091 goes by the decided one."""
    if code == "99091":
        return person.program
    return "rtm" if code.startswith("989") else "rpm"


def holds_of(file: File, person: Person, code: str, slot: Slot) -> set[str]:
    """Every evidence criterion that a code fails on its date of service."""
    program = program_of(person, code)
    holds = set()
    if not any(touch(w, slot.window) for w in person.enrollments(program)):
        holds.add("is_enrolled")
    if not any(touch(w, slot.window) for w in person.consents(program)):
        holds.add("has_consent")
    if not is_ordered(person, program, slot):
        holds.add("is_ordered")
    enrolled = enrollment_for(person, program, slot)
    if enrolled is None or not enrolled.body.diagnoses:
        holds.add("has_diagnosis")
    if payer_on(person, slot.on) not in PAYERS:
        holds.add("is_covered")
    if program != "rtm" and not is_established(file, person, program, slot):
        holds.add("is_established")
    if not is_authorized(person, code, slot.on):
        holds.add("is_authorized")
    if slot.is_month and not has_device_data(file, person, program, slot):
        holds.add("has_device_data")
    if code != "99091" and not is_in_one_program(person, slot):
        holds.add("is_in_one_monitoring_program")
    if was_billed_elsewhere(person, code, slot):
        holds.add("is_not_billed_elsewhere")
    if is_access_aligned(person, program, slot):
        holds.add("is_not_access_aligned")
    if in_global_surgery(person, slot.on):
        holds.add("is_outside_global_surgery")
    setting = setting_for(file, person, program, slot)
    if setting in ("fqhc", "rhc") and BUNDLED_FROM <= slot.on <= BUNDLED_TO:
        holds.add("is_outside_g0511")
    return holds
