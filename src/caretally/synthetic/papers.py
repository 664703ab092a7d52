"""The papers of an enrollment, complete for most people and short of something for a few.

Missing, late and withdrawn papers are as frequent as in practices that are glad of a reminder: a
few in a hundred each.
"""

from __future__ import annotations

from datetime import date

from caretally.clock import date_of
from caretally.journal.entries import (
    Authorized,
    CaregiverAuthorized,
    Consented,
    ConsentRevoked,
    Covered,
    DeviceAssigned,
    DeviceReturned,
    Died,
    Disenrolled,
    Enrolled,
    Ordered,
    OrderEnded,
    PatientRegistered,
    SetupCompleted,
)
from caretally.synthetic.dice import spread
from caretally.synthetic.person import DEVICE_COUNTS, Holding, Person
from caretally.synthetic.vitals import Instrument

FAR = 1 << 40
"""A second beyond any plan."""
PAYERS = spread(
    ("medicare_ffs", 540), ("medicare_advantage", 160), ("unitedhealthcare", 80), ("aetna", 40),
    ("anthem", 35), ("cigna", 30), ("bcbs_mississippi", 15), ("medicaid_md", 12),
    ("medicaid_nc", 12), ("medicaid_ar", 10), ("commercial", 50), ("self_pay", 12),
    ("an_unknown_payer", 4),
)  # fmt: skip
ASKING_BEFOREHAND = ("bcbs_mississippi", "medicaid_md")
FIRST_NAMES = (
    "Alma", "Bruno", "Clara", "Dario", "Elsa", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Klara",
    "Leo", "Mona", "Nils", "Olga", "Paul", "Rosa", "Sven", "Thea", "Viktor",
)  # fmt: skip
RELATIONSHIPS = ("daughter", "son", "spouse", "sister", "neighbor")
LANGUAGES = spread(("en", 88), ("es", 9), ("vi", 3))
REASONS_TO_LEAVE = ("goals met", "moved away", "asked to stop", "no longer ordered")
USUAL = {
    "cuff": ((118, 158), (70, 94), (60, 86)),
    "scale": ((520, 1180),),
    "oximeter": ((90, 97),),
    "glucometer": ((95, 210),),
    "thermometer": ((362, 369),),
    "flowmeter": ((220, 520),),
    "motion": ((2, 6),),
    "diary": ((4, 16),),
}
"""Lowest and highest usual value of what an instrument measures, in its own scale."""


def file_papers(person: Person) -> None:
    """Write everything from registration to the devices, and how it ended."""
    _register(person)
    _cover(person)
    _authorize_caregiver(person)
    for program in (person.program, *person.beside):
        _order(person, program)
        _consent(person, program)
        _enroll(person, program, person.enrolled_day)
    _consent_to_channels(person)
    _equip(person)
    _change_details(person)
    _end(person)


def _register(person: Person) -> None:
    dice = person.dice
    body = PatientRegistered(
        birth_date=date(dice.hump(1930, 1976), dice.between(1, 12), dice.between(1, 28)),
        sex=dice.pick(("female", "male")),
        name=f"{dice.pick(FIRST_NAMES)} Test-{person.code}",
        time_zone=person.zone_name,
        language=dice.pick(LANGUAGES),
    )
    person.ledger.note(body, person.second(person.enrolled_day, 30_000), person.clerk())


def _cover(person: Person) -> None:
    dice, day = person.dice, person.enrolled_day
    if dice.chance(8):
        return
    payer = dice.pick(PAYERS)
    changes_on = date_of(day + dice.between(5, 70)) if dice.chance(20) else None
    since = date_of(day - dice.between(0, 700))
    _covered(person, Covered(payer=payer, member_id=person.code, from_on=since, to_on=changes_on))
    if changes_on:
        next_day = date.fromordinal(changes_on.toordinal() + 1)
        _covered(person, Covered(payer=dice.pick(PAYERS), from_on=next_day))
    if dice.chance(180):
        _covered(person, Covered(payer="commercial", from_on=since, priority=2))
    if payer in ASKING_BEFOREHAND and dice.chance(850):
        _authorize(person, payer)


def _covered(person: Person, body: Covered) -> None:
    person.ledger.note(body, person.second(person.enrolled_day, 30_300), person.clerk())


def _authorize(person: Person, payer: str) -> None:
    day = person.enrolled_day
    months = person.dice.between(2, 12)
    body = Authorized(
        payer=payer,
        codes=("99453", "99454", "99445", "99457", "99458", "99470"),
        number=f"AUTH-{person.code}",
        from_on=date_of(day),
        to_on=date_of(day + 30 * months),
    )
    person.ledger.note(body, person.second(day, 30_600), person.clerk())


def _authorize_caregiver(person: Person) -> None:
    if person.caregiver is None:
        return
    dice, day = person.dice, person.enrolled_day
    expires = dice.chance(150)
    body = CaregiverAuthorized(
        caregiver=person.caregiver,
        relationship=dice.pick(RELATIONSHIPS),
        from_on=date_of(day + (dice.between(1, 20) if dice.chance(80) else 0)),
        to_on=date_of(day + dice.between(20, 90)) if expires else None,
    )
    person.ledger.note(body, person.second(day, 30_900), person.clerk())


def _order(person: Person, program: str) -> None:
    dice, day = person.dice, person.enrolled_day
    if dice.chance(15):
        return
    doctor = dice.pick(person.clinic.practitioners)
    metrics = person.illness.instruments[0].parameters[:1] if program == person.program else ()
    ordered = Ordered(program=program, ordering_provider=doctor, parameters=metrics)
    person.ledger.note(ordered, person.second(day, 32_400), f"staff:{doctor}")
    if dice.chance(12):
        ended = OrderEnded(program=program, ordering_provider=doctor)
        later = person.second(day + dice.between(20, 90))
        person.ledger.note(ended, later, f"staff:{doctor}")


def _consent(person: Person, program: str) -> None:
    if program not in ("rpm", "rtm", "ccm"):
        return
    dice = person.dice
    if dice.chance(10):
        return
    late = dice.between(1, 20) if dice.chance(30) else 0
    day = person.enrolled_day + late
    _consented(person, program, person.second(day, 33_000))
    if not dice.chance(12):
        return
    revoked_day = day + dice.between(10, 90)
    revoked = ConsentRevoked(scope=program, method="verbal", given_by="patient")
    person.ledger.note(
        revoked, person.second(revoked_day, dice.between(30_000, 60_000)), person.clerk()
    )
    if dice.chance(300):
        _consented(person, program, person.second(revoked_day + dice.between(1, 25), 40_000))


def _consented(person: Person, scope: str, second: int) -> None:
    dice = person.dice
    by_caregiver = person.caregiver is not None and dice.chance(300)
    body = Consented(
        scope=scope,
        method=dice.pick(("verbal", "verbal", "written", "electronic")),
        given_by=f"caregiver:{person.caregiver}" if by_caregiver else "patient",
    )
    person.ledger.note(body, second, person.clerk())


def _consent_to_channels(person: Person) -> None:
    scopes = ("ai_voice", "recording") if person.may_hear_a_voice_agent() else ()
    if person.dice.chance(300):
        scopes = (*scopes, "sms")
    for scope in scopes:
        _consented(person, scope, person.second(person.enrolled_day, 33_600))


def _enroll(person: Person, program: str, day: int) -> None:
    dice = person.dice
    unseen = dice.chance(20)
    ago = dice.between(1_200, 2_000) if dice.chance(20) else dice.between(10, 900)
    says_zone = person.almanac is not person.clinic.almanac or dice.chance(300)
    names_practice = dice.chance(970)
    body = Enrolled(
        program=program,
        practice=person.clinic.id if names_practice else None,
        billing_provider=person.clinic.practitioners[0],
        diagnoses=() if dice.chance(6) else person.illness.diagnoses,
        time_zone=person.zone_name if says_zone or not names_practice else None,
        established_on=None if unseen else date_of(day - ago),
        episode=f"{program}-1" if dice.chance(200) else None,
    )
    person.ledger.note(body, person.second(day, 34_200), person.clerk())


def _change_details(person: Person) -> None:
    if person.moved_zone is None:
        return
    day = person.enrolled_day + person.dice.between(10, 60)
    body = Enrolled(
        program=person.program,
        practice=person.clinic.id,
        billing_provider=person.clinic.practitioners[0],
        diagnoses=person.illness.diagnoses,
        time_zone=person.moved_zone,
    )
    person.ledger.note(body, person.second(day), person.clerk())


def _equip(person: Person) -> None:
    dice = person.dice
    count = min(dice.pick(DEVICE_COUNTS), len(person.illness.instruments))
    for index, instrument in enumerate(person.illness.instruments[:count]):
        second = person.second(person.enrolled_day + dice.between(0, 3), 38_000 + 600 * index)
        holding = _assign(person, instrument, second)
        if dice.chance(970):
            _set_up(person, holding, second + dice.between(600, 3_000))
        if dice.chance(25):
            _replace(person, holding)


def _assign(person: Person, instrument: Instrument, second: int) -> Holding:
    dice = person.dice
    device = _device_for(person, instrument, second)
    medical = not dice.chance(20)
    body = DeviceAssigned(
        device=device,
        vendor=instrument.vendor,
        model=instrument.model,
        serial=f"SN-{device}",
        medical_device=medical,
        parameters=instrument.parameters,
        body_system=instrument.body_system,
    )
    person.ledger.note(body, second, person.clerk())
    holding = Holding(
        device=device,
        instrument=instrument,
        medical=medical,
        since=second,
        until=FAR,
        usual=tuple(dice.between(low, high) for low, high in USUAL[instrument.word]),
    )
    person.holdings.append(holding)
    return holding


def _device_for(person: Person, instrument: Instrument, second: int) -> str:
    """Return a device that came back from somebody, sometimes, and else a new one."""
    shelf = person.clinic.shelf
    for at, (device, free_from) in enumerate(shelf):
        if free_from < second and device.endswith(instrument.word) and person.dice.chance(700):
            del shelf[at]
            return device
    return f"dev_{person.code}_{len(person.holdings) + 1}_{instrument.word}"


def _set_up(person: Person, holding: Holding, second: int) -> None:
    body = SetupCompleted(
        device=holding.device,
        educated_by=person.dice.pick(person.clinic.clinical),
        method=person.dice.pick(("in_person", "video", "telephone")),
    )
    person.ledger.note(body, second, person.clerk())


def _replace(person: Person, holding: Holding) -> None:
    dice = person.dice
    returned = holding.since + dice.between(20, 80) * 86_400
    _return(person, holding, returned)
    _assign(person, holding.instrument, returned + dice.between(0, 4) * 86_400 + 3_600)


def _return(person: Person, holding: Holding, second: int) -> None:
    holding.until = second
    person.ledger.note(DeviceReturned(device=holding.device), second, person.clerk())
    person.clinic.shelf.append((holding.device, second + 2 * 86_400))


def _end(person: Person) -> None:
    if person.fate == "stays":
        return
    dice = person.dice
    second = person.second(person.last_day, dice.between(25_000, 75_000))
    if person.fate == "dies":
        person.ledger.note(Died(), second, person.clerk())
        return
    body = Disenrolled(program=person.program, reason=dice.pick(REASONS_TO_LEAVE))
    person.ledger.note(body, second, person.clerk())
    for holding in person.holdings:
        if holding.until == FAR and dice.chance(700):
            _return(person, holding, second + dice.between(1, 6) * 86_400)
    if person.returns_day is not None:
        _come_back(person, person.returns_day)


def _come_back(person: Person, day: int) -> None:
    _enroll(person, person.program, day)
    second = person.second(day, 39_000)
    holding = _assign(person, person.illness.instruments[0], second)
    _set_up(person, holding, second + 1_200)
