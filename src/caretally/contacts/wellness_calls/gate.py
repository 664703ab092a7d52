"""The gate before dialing: every check of a call by an automated voice, each with its answer.

A function of facts and nothing else: whoever gathers them reads the journal, and the answers go
back into it before anybody is dialed. All checks are answered, also after the first that denies, so
that a person sees all that is missing at once. An answer holds ids, dates and states; no number and
nothing about health. An emergency is exempt from hours, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from caretally.clock import instant_of, local_date, midnight, zone
from caretally.contacts.wellness_calls.laws import CONTESTED, Hours, Laws
from caretally.journal.entries import CallingRulesSet, GateAnswer, VendorAgreed
from caretally.journal.register import covers

PATIENT = "patient"
LOCAL = "local"
"""This machine itself: what it does stays here, and nobody needs to agree to anything."""
COUNTRY = "US"
"""The only one whose laws the program knows."""
WEEK = timedelta(days=7)
FARTHEST = timedelta(days=31)
"""How far ahead a time for a call is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceConsent:
    """A consent to calls by an automated voice.

    had_authority: whether who gave it could speak for the patient on that day. number: which was on
    file when it was given; empty where none was.
    """

    given_at: datetime
    revoked_at: datetime | None = None
    method: str = ""
    given_by: str = ""
    had_authority: bool = False
    number: str = ""

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it is in force at an instant."""
        return self.given_at <= at and (self.revoked_at is None or at < self.revoked_at)

    @property
    def is_proven(self) -> bool:
        """Whether it says how it was given and by whom."""
        return bool(self.method and self.given_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The number on file; empty once it was withdrawn.

    country: two letters, empty where it cannot be read. states: where such numbers are at home.
    """

    number: str
    whose: str = PATIENT
    from_time: str = ""
    to_time: str = ""
    language: str = "en"
    country: str = COUNTRY
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is on file about the patient.

    zones: in which the patient may be; the first decides local days. state: of the address, empty
    where unknown. stay: hospital or other facility at the time. may_hear: a caregiver who answers
    has authority and may see the patient's data. recording: yes, no, or empty where nobody asked.
    """

    zones: tuple[str, ...]
    state: str = ""
    is_alive: bool = True
    is_enrolled: bool = True
    stay: str = ""
    line: Line | None = None
    consents: tuple[VoiceConsent, ...] = ()
    may_hear: bool = False
    recording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The latest word of a clinician about a protocol. is_clinician: whether the signer was one."""

    digest: str
    signed_by: str
    is_active: bool = True
    is_clinician: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The protocol of a call as it is installed now. lacks: disclosures its texts do not hold."""

    name: str
    digest: str
    languages: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the practice set. day: its local date. vendors: who does each part of a call.

    are_set: whether the rules are the practice's own, and not the starting point.
    """

    day: date
    rules: CallingRulesSet
    are_set: bool
    vendors: tuple[tuple[str, str], ...]
    agreements: tuple[VendorAgreed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """All that the gate looks at.

    earlier: when the patient was dialed before. running: id of another call to the patient.
    stopped: who took the call back, in words; empty where nobody did.
    """

    at: datetime
    program: str
    person: Person
    protocol: Followed
    house: House
    earlier: tuple[datetime, ...] = ()
    running: str = ""
    stopped: str = ""
    is_emergency: bool = False

    @property
    def zone(self) -> str:
        """The zone of the patient's days."""
        return self.person.zones[0]

    @property
    def day(self) -> date:
        """The patient's local date."""
        return local_date(self.at, self.zone)

    @property
    def number(self) -> str:
        """The number on file; empty where there is none."""
        return self.person.line.number if self.person.line else ""

    @property
    def states(self) -> tuple[str, ...]:
        """States in which the patient may be: of the address, and those of the number."""
        line = self.person.line
        known = (self.person.state, *(line.states if line else ()))
        return tuple(dict.fromkeys(state for state in known if state))


Check = Callable[[GateFacts, Laws], tuple[bool, str]]


def is_alive(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """No death is on file."""
    return facts.person.is_alive, "no death on file" if facts.person.is_alive else "died"


def is_enrolled(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The patient is in the program that the call is for."""
    met = facts.person.is_enrolled
    return met, f"{'in' if met else 'not in'} {facts.program} on {facts.day}"


def is_out_of_facilities(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The patient is at home, as far as is known."""
    return not facts.person.stay, facts.person.stay or "no stay on file"


def has_number(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """A number is on file and was not withdrawn."""
    line = facts.person.line
    if line is None:
        return False, "none on file"
    return bool(line.number), "on file" if line.number else "withdrawn"


def number_is_domestic(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The number is of the country whose laws are known."""
    country = facts.person.line.country if facts.number and facts.person.line else ""
    return country == COUNTRY, country or "no number of any country"


def has_voice_consent(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """Consent to calls by an automated voice is in force, with how and by whom."""
    held = in_force(facts)
    proven = [each for each in held if each.is_proven]
    if proven:
        return True, f"given {day_and_time(proven[-1].given_at)}, {proven[-1].method}"
    if held:
        return False, f"given {day_and_time(held[-1].given_at)}, without how or by whom"
    taken_back = [each.revoked_at for each in facts.person.consents if each.revoked_at]
    ended = [each for each in taken_back if each <= facts.at]
    return False, f"taken back {day_and_time(max(ended))}" if ended else "none on file"


def consent_is_to_this_number(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The consent was given while this number was on file."""
    found = to_this_number(facts)
    if found:
        return True, f"given {day_and_time(found[-1].given_at)}"
    return False, "no consent since this number is on file" if facts.number else "no number"


def consent_is_by_who_may(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The consent is by who answers there, or by a caregiver who could speak for the patient."""
    line, given = facts.person.line, to_this_number(facts)
    whose = line.whose if line else PATIENT
    good = [
        each for each in given
        if each.given_by == whose or (whose == PATIENT and each.had_authority)
    ]  # fmt: skip
    if good:
        return True, good[-1].given_by
    return False, given[-1].given_by if given else "nobody"


def callee_may_hear(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """Whoever answers may hear of the patient's health."""
    whose = facts.person.line.whose if facts.person.line else PATIENT
    if whose == PATIENT:
        return True, PATIENT
    met = facts.person.may_hear
    return met, f"{whose}, {'with' if met else 'without'} authority and consent to share"


def is_within_hours(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """It is neither too early nor too late where the patient is."""
    hours = hours_of(facts, laws)
    local = [f"{clock_of(facts.at, name)} {name}" for name in facts.person.zones]
    met = all(is_open(facts.at, name, hours) for name in facts.person.zones)
    says = f"{' and '.join(local)}; {hours.from_time} to {hours.to_time}"
    return met or facts.is_emergency, f"{says}; emergency" if facts.is_emergency else says


def is_below_daily_cap(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The patient was not called too often on this local day."""
    count, most = called_since(facts, facts.day), facts.house.rules.most_a_day
    return count < most, f"{count} calls today, at most {most}"


def is_below_weekly_cap(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The patient was not called too often within seven local days."""
    first = facts.day - WEEK + timedelta(days=1)
    count, most = called_since(facts, first), facts.house.rules.most_a_week
    return count < most, f"{count} calls since {first}, at most {most}"


def is_after_pause(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The call before is some time ago."""
    least = facts.house.rules.least_minutes
    if not facts.earlier:
        return True, "no call before"
    return rested_at(
        facts
    ) <= facts.at, f"last call {day_and_time(max(facts.earlier))}, {least} min"


def is_only_call(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """No other call to the patient is running."""
    return not facts.running, facts.running or "no other call"


def counsel_agreed(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """In none of the states concerned must counsel agree first."""
    waiting = set(facts.house.rules.counsel_states)
    if not waiting:
        return True, "no state waits for counsel"
    if not facts.states:
        return False, f"state unknown; counsel is asked first in {', '.join(sorted(waiting))}"
    held = [state for state in facts.states if state in waiting]
    return not held, f"{', '.join(held or facts.states)}{': ask counsel first' if held else ''}"


def announces_recording(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """Recording is announced and asked about in the call, whatever the state asks."""
    met = "recording" not in facts.protocol.lacks
    said = [recording_words(state, laws) for state in facts.states] or ["state unknown"]
    return met, "; ".join((*said, "asked in every call" if met else "not asked in the protocol"))


def is_disclosed(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The protocol says who calls, that it is a machine, how to stop it, how to reach a person."""
    lacks = [each for each in facts.protocol.lacks if each != "recording"]
    return (
        not lacks,
        f"lacks {', '.join(lacks)}" if lacks else "who calls, machine, way out, person",
    )


def speaks_language(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """The protocol is written in the language of the call."""
    wanted = facts.person.line.language if facts.person.line else "en"
    return wanted in facts.protocol.languages, wanted


def is_signed(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """A clinician signed this text of the protocol."""
    signed, name = facts.protocol.signature, facts.protocol.name
    if signed is None:
        return False, f"{name}: nobody signed it"
    if not signed.is_active:
        return False, f"{name}: {signed.signed_by} took the signature back"
    if signed.digest != facts.protocol.digest:
        return False, f"{name}: changed since {signed.signed_by} signed it"
    if not signed.is_clinician:
        return False, f"{name}: {signed.signed_by} is no practitioner"
    return True, f"{name}: signed by {signed.signed_by}"


def has_agreements(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """An agreement is in force with everybody outside who takes part in the call."""
    lacking = [
        f"{part} {vendor}" for part, vendor in facts.house.vendors
        if vendor != LOCAL and not has_agreed(facts.house, part, vendor)
    ]  # fmt: skip
    if lacking:
        return False, f"no agreement on {facts.house.day}: {', '.join(lacking)}"
    outside = [vendor for _, vendor in facts.house.vendors if vendor != LOCAL]
    return True, ", ".join(dict.fromkeys(outside)) or "all on this machine"


def is_wanted(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """Nobody took the call back."""
    return not facts.stopped, facts.stopped or "nobody stopped it"


def follows_rules(facts: GateFacts, laws: Laws) -> tuple[bool, str]:
    """Which calling rules were followed; where a practice set none, the starting point."""
    rules = facts.house.rules
    who = f"set by {rules.set_by}" if facts.house.are_set else "nobody set rules"
    return True, f"{rules.version}; {who}"


CHECKS: tuple[Check, ...] = (
    is_wanted, is_alive, is_enrolled, is_out_of_facilities, has_number, number_is_domestic,
    has_voice_consent, consent_is_to_this_number, consent_is_by_who_may, callee_may_hear,
    is_within_hours, is_below_daily_cap, is_below_weekly_cap, is_after_pause, is_only_call,
    counsel_agreed, announces_recording, is_disclosed, speaks_language, is_signed, has_agreements,
    follows_rules,
)  # fmt: skip
WORDS = {each.__name__: (each.__doc__ or "").partition("\n")[0] for each in CHECKS}
"""What each check asks, as a sentence."""
OF_TIME = frozenset({
    "is_within_hours", "is_below_daily_cap", "is_below_weekly_cap", "is_after_pause",
    "is_only_call",
})  # fmt: skip
"""Checks that deny a call now and allow it later; the others need a person."""


def answers(facts: GateFacts, laws: Laws) -> tuple[GateAnswer, ...]:
    """Return the answer of every check, in order."""
    found = []
    for check in CHECKS:
        met, says = check(facts, laws)
        found.append(GateAnswer(check=check.__name__, met=met, found=says[:255]))
    return tuple(found)


def denials(found: Iterable[GateAnswer]) -> tuple[GateAnswer, ...]:
    """Return the answers that deny a call."""
    return tuple(each for each in found if not each.met)


def may_wait(found: Iterable[GateAnswer]) -> bool:
    """Tell whether a call is denied for reasons that pass by themselves."""
    checks = {each.check for each in denials(found)}
    return bool(checks) and checks <= OF_TIME


def keeps_sound(facts: GateFacts) -> bool:
    """Tell whether sound may be kept after a yes in the call: the practice does, nobody refused."""
    return facts.house.rules.records_audio and facts.person.recording != "no"


def earliest(facts: GateFacts, laws: Laws) -> datetime | None:
    """Return from when on hours, caps and pause allow a call; None where not within a month."""
    at = max(facts.at, rested_at(facts)) if facts.earlier else facts.at
    hours, end = hours_of(facts, laws), facts.at + FARTHEST
    while at < end:
        then = replace(facts, at=at, running="")
        if not is_below_daily_cap(then, laws)[0] or not is_below_weekly_cap(then, laws)[0]:
            at = instant_of(midnight(then.day + timedelta(days=1), facts.zone))
        elif closed := [z for z in facts.person.zones if not is_open(at, z, hours)]:
            at = next_opening(at, closed[0], hours)
        else:
            return at
    return None


def in_force(facts: GateFacts) -> list[VoiceConsent]:
    """Return the consents that hold at the instant of the call, the earliest first."""
    held = (each for each in facts.person.consents if each.holds_at(facts.at))
    return sorted(held, key=lambda each: each.given_at)


def to_this_number(facts: GateFacts) -> list[VoiceConsent]:
    """Return the proven consents in force that were given to the number on file."""
    held = in_force(facts) if facts.number else []
    return [each for each in held if each.is_proven and each.number == facts.number]


def hours_of(facts: GateFacts, laws: Laws) -> Hours:
    """Return the hours in which all agree: the law, the states, the practice, the patient."""
    rules, line = facts.house.rules, facts.person.line
    narrower = [laws.narrower_hours[each] for each in facts.states if each in laws.narrower_hours]
    froms = [laws.hours.from_time, rules.from_time, *(each.from_time for each in narrower)]
    tos = [laws.hours.to_time, rules.to_time, *(each.to_time for each in narrower)]
    if line is not None:
        froms += [line.from_time] if line.from_time else []
        tos += [line.to_time] if line.to_time else []
    return Hours(from_time=max(froms), to_time=min(tos))


def clock_of(at: datetime, zone_name: str) -> str:
    """Return the local time of an instant, such as 08:30."""
    return at.astimezone(zone(zone_name)).strftime("%H:%M")


def is_open(at: datetime, zone_name: str, hours: Hours) -> bool:
    """Tell whether an instant lies within hours of a zone; the last minute is outside."""
    return hours.from_time <= clock_of(at, zone_name) < hours.to_time


def next_opening(at: datetime, zone_name: str, hours: Hours) -> datetime:
    """Return when hours of a zone open next, after an instant outside of them."""
    local = at.astimezone(zone(zone_name))
    is_early = local.strftime("%H:%M") < hours.from_time
    day = local.date() if is_early else local.date() + timedelta(days=1)
    opens = time.fromisoformat(min(hours.from_time, "23:59"))
    then = datetime.combine(day, opens, tzinfo=zone(zone_name)).astimezone(at.tzinfo)
    # In the hour that spring skips, a local time names an instant after itself: never one before.
    return max(then, at + timedelta(minutes=1))


def called_since(facts: GateFacts, first: date) -> int:
    """Return how many calls the patient had from a local date on, up to this instant."""
    days = (local_date(each, facts.zone) for each in facts.earlier if each <= facts.at)
    return sum(day >= first for day in days)


def rested_at(facts: GateFacts) -> datetime:
    """Return from when on the pause after the call before is over."""
    return max(facts.earlier) + timedelta(minutes=facts.house.rules.least_minutes)


def has_agreed(house: House, part: str, vendor: str) -> bool:
    """Tell whether an agreement with a vendor about a part is in force."""
    return any(
        (each.part, each.vendor) == (part, vendor) and covers(house.day, each.from_on, each.to_on)
        for each in house.agreements
    )


def recording_words(state: str, laws: Laws) -> str:
    """Return what a state asks of recordings, in words."""
    law = laws.recording.get(state)
    if law is None or law.parties == "one":
        return f"{state}: one party must agree"
    return f"{state}: all must agree{', lists differ' if law.status == CONTESTED else ''}"


def day_and_time(at: datetime) -> str:
    """Return an instant in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%MZ}"
