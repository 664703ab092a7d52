"""The patient statement: what was billed of a month and why, in plain words, English or Spanish.

Nothing is guessed: what a patient owes is what a plan answered, else it is said not to be known.
What is said of a signed month rests on what was known when it was decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from caretally.billability.decision import Decision
from caretally.billability.lines import Line
from caretally.clock import ServiceMonth, date_of, day_number
from caretally.enrollment.record import PatientRecord
from caretally.journal.corrections import resolve
from caretally.journal.entries import (
    BillingProfileSet,
    ContactHeld,
    DecisionMade,
    DecisionSigned,
    DecisionSuperseded,
    Entry,
    PatientRegistered,
)
from caretally.journal.entries.closing import WithheldLine
from caretally.patient_months.facts import Facts
from caretally.practice.disclosures import Disclosure, record_disclosure
from caretally.practice.office import Chart, Office
from caretally.practice.reports import cents
from caretally.practice.reports_totals import STANDS
from caretally.practice.roles import SEE_MONEY
from caretally.practice.staff_names import person_names
from caretally.practice.statement_words import Words, language_of, words_in
from caretally.store.billing_tables import (
    ACCEPTED,
    PREPARED,
    REJECTED,
    REPLACED,
    REVERSED,
    SUBMITTED,
)
from caretally.store.charts import practice_entries

OPEN, UNSIGNED, CHANGED, FINAL = "open", "unsigned", "changed", "final"
MINUTE = 60
MACHINE, CHAT = "ai_telephone", "chat"
SETUP = frozenset({"99453", "98975"})
MORE = frozenset({"99458", "98981"})
TIME = frozenset({"99457", "99470", "98980", "98979"})
REVIEW = frozenset({"99091"})
MEDICARE = frozenset({"medicare_ffs", "medicare_advantage"})
ANSWERED_NOT = (PREPARED, SUBMITTED, ACCEPTED, REJECTED, REVERSED)
decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the statement: its heading, and sentences; items are sentences that go together."""

    name: str
    head: str
    says: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as it is printed.

    not_final: why it may still change; empty where it may not. version: of the sentences.
    """

    language: str
    version: str
    title: str
    lead: tuple[str, ...]
    not_final: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim of the month that stands: cents; charges by code and date of service."""

    state: str
    total: int
    share: int
    charges: dict[tuple[str, str], int]

    @property
    def is_answered(self) -> bool:
        """Whether the payer decided it."""
        return self.state not in ANSWERED_NOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a statement is made from.

    lines: what stands, without what the signer took off, which is in withheld.
    """

    office: Office
    chart: Chart
    month: ServiceMonth
    words: Words
    decision: Decision
    state: str
    payer: str | None
    lines: tuple[Line, ...]
    withheld: tuple[WithheldLine, ...]
    claims: tuple[Claim, ...]
    profile: BillingProfileSet | None

    @property
    def facts(self) -> Facts:
        """What was counted in the month of the program."""
        return self.decision.month.decided

    @property
    def sent(self) -> tuple[Claim, ...]:
        """The claims that left."""
        return tuple(each for each in self.claims if each.state != PREPARED)

    def minutes(self, seconds: int) -> int:
        """Return full minutes."""
        return seconds // MINUTE


def statement(
    office: Office, patient: str, month: ServiceMonth, *, language: str = ""
) -> Statement:
    """Return the statement of a patient's month; that somebody looked is told.

    language: of the sentences; the patient's own where nothing is named.

    Raises:
        ForbiddenError, UnknownError: the caller may not see money, or not this patient.
    """
    chart = office.open_chart(patient, purpose=f"patient statement {month}", permission=SEE_MONEY)
    told = gathered(office, chart, month, words_in(language or language_of(chart.card.language)))
    say, words = told.words.say, told.words
    return Statement(
        language=words.language, version=words.version,
        title=say("title", month=words.month(month)),
        lead=(say("for", patient=name_of(chart)),
              say("from", practice=practice_name(told), day=words.day(chart.day_of(office.now)))),
        not_final="" if told.state == FINAL else say(f"not_final_{told.state}"),
        parts=(billed(told), talks(told), not_billed(told), owed(told), stopping(told),
               asking(told)),
    )  # fmt: skip


def disclose(office: Office, patient: str, month: ServiceMonth, to: str) -> str:
    """Tell that a statement leaves as a file; call it before it does."""
    made = Disclosure(
        practice=office.practice, patient=patient, actor=office.caller.actor, to=to,
        what=f"patient statement {month}", why="what was billed and why, for the patient",
    )  # fmt: skip
    return record_disclosure(office.db, made, office.now)


# --- gathering ------------------------------------------------------------------------------------


def gathered(office: Office, chart: Chart, month: ServiceMonth, words: Words) -> Told:
    """Return what a statement is made from: of a decided month what was known then."""
    record = chart.record
    made = in_force(record, month)
    signed = next(
        (each.body for each in reversed(record.all_of(DecisionSigned))
         if made is not None and each.body.decision == made.decision), None,
    )  # fmt: skip
    known_until = made.known_until if made is not None else None
    decision = office.journal.decision(
        office.practice, chart.patient, month, as_of=known_until,
        policy=made.policy if made is not None else None,
    )  # fmt: skip
    withheld = signed.withheld if signed is not None else ()
    taken = {(each.code, each.date_of_service) for each in withheld}
    return Told(
        office=office, chart=chart, month=month, words=words, decision=decision,
        state=CHANGED if made is not None and is_changed(office, chart, month)
        else state_of(record, month, (made, signed)),
        payer=made.payer if made is not None else decision.month.payer,
        lines=tuple(each for each in decision.lines
                    if (each.code, each.date_of_service) not in taken),
        withheld=withheld, claims=tuple(claims_of(office, chart, month)),
        profile=profile_of(office, chart.card.clinic),
    )  # fmt: skip


def in_force(record: PatientRecord, month: ServiceMonth) -> DecisionMade | None:
    """Return the decision on a month that stands; None where the month was not closed."""
    gone = {each.body.decision for each in record.all_of(DecisionSuperseded)}
    found = [
        each.body for each in record.all_of(DecisionMade)
        if each.body.month == str(month) and each.body.decision not in gone
    ]  # fmt: skip
    return found[-1] if found else None


def state_of(
    record: PatientRecord, month: ServiceMonth,
    decided: tuple[DecisionMade | None, DecisionSigned | None],
) -> str:  # fmt: skip
    """Return whether a statement is final, and if not, why."""
    made, signed = decided
    if made is None:
        return OPEN
    if signed is not None:
        return FINAL
    replaced = any(each.body.month == str(month) for each in record.all_of(DecisionSuperseded))
    return CHANGED if replaced else UNSIGNED


def is_changed(office: Office, chart: Chart, month: ServiceMonth) -> bool:
    """Tell whether what was written later makes another month than was decided."""
    return bool(office.db.rows(
        "SELECT 1 FROM store_decisioncard AS card JOIN store_patientmonth AS kept "
        "ON kept.stream_id = card.stream_id AND kept.month = card.month "
        "WHERE card.practice_id = %s AND card.patient = %s AND card.month = %s "
        "AND card.state <> %s AND card.digest <> kept.digest",
        office.book().number, chart.patient, str(month), REPLACED,
    ))  # fmt: skip


def claims_of(office: Office, chart: Chart, month: ServiceMonth) -> Iterator[Claim]:
    """Yield the claims of a month that stand."""
    rows = office.db.rows(
        "SELECT claim.state, claim.total, claim.patient_share, claim.lines "  # noqa: S608
        "FROM store_claimcard AS claim WHERE claim.practice_id = %s AND claim.patient = %s "
        f"AND claim.month = %s AND {STANDS} ORDER BY claim.claim",
        office.book().number, chart.patient, str(month),
    )  # fmt: skip
    for state, total, share, lines in rows:
        charges = {(line["code"], line["on"]): int(line["charge"]) for line in decode(lines)}
        yield Claim(state=state, total=total, share=share, charges=charges)


def profile_of(office: Office, clinic: str) -> BillingProfileSet | None:
    """Return how the clinic stands on its claims, else the practice; None where nobody said."""
    entries = resolve(practice_entries(office.book(), office.journal.desk.shelf)).in_force
    found = {
        each.body.practice: each.body
        for each in sorted(entries, key=lambda entry: (entry.at, entry.id))
        if isinstance(each.body, BillingProfileSet)
    }
    return found.get(clinic) or found.get(office.practice)


def name_of(chart: Chart) -> str:
    """Return the patient's name."""
    found = chart.record.all_of(PatientRegistered)
    return (found[-1].body.name if found else None) or chart.card.label


def practice_name(told: Told) -> str:
    """Return what the clinic is called."""
    places = told.chart.record.register.practices
    body = places.get(told.chart.card.clinic) or places.get(told.office.practice)
    return body.name if body is not None else told.office.practice


# --- parts ----------------------------------------------------------------------------------------


def billed(told: Told) -> Part:
    """Return what was billed and why, line by line."""
    say = told.words.say
    head = say("billed_head")
    if not told.lines:
        return Part(name="billed", head=head, says=(say("billed_none"),))
    if told.sent:
        payer = told.words.payer(told.payer)
        lead = told.words.count("billed_sent", len(told.sent), count=len(told.sent), payer=payer)
    else:
        lead = say("billed_open" if told.state == OPEN else "billed_to_send")
    return Part(
        name="billed", head=head, says=(lead, say("seconds_note")),
        items=tuple(tuple(item_of(told, line)) for line in told.lines),
    )  # fmt: skip


def item_of(told: Told, line: Line) -> Iterator[str]:
    """Yield what is said of a line: why, the code in our own words, the charge."""
    say, day = told.words.say, told.words.day
    facts, to = told.facts, day(line.date_of_service)
    period = period_of(told.decision, line.date_of_service)
    if line.code in SETUP:
        yield say("item_setup")
    elif line.code in TIME:
        yield say("item_time", minutes=told.minutes(facts.management_seconds),
                  live=told.minutes(facts.live_seconds))  # fmt: skip
    elif line.code in MORE:
        yield told.words.count("item_more", line.units, units=line.units)
    elif line.code in REVIEW:
        yield say("item_review", minutes=told.minutes(facts.review_seconds))
    elif period is not None:
        begins = {"from": day(date_of(period.from_day))}
        yield say("item_device", days=period.data_days, to=to, **begins)
    else:
        yield say("item_other", to=to)
    yield say("code_words", code=line.code, summary=code_words(told, line.code), to=to)
    charge = charge_of(told.claims, line)
    if charge is not None:
        yield say("charge_words", charge=cents(charge).shown)


def code_words(told: Told, code: str) -> str:
    """Return what a code is: the rulebook's own words, or those of the language."""
    sheet = told.decision.month.rulebook.sheets.get(code)
    own = sheet.summary if sheet is not None else ""
    return told.words.codes.get(code, own)


def period_of(decision: Decision, last: date) -> Facts | None:
    """Return the device period that ends on a date; None where none does."""
    number = day_number(last)
    periods = [slot for slot in decision.month.slots if slot.period and slot.to_day == number]
    return periods[0] if periods else None


def charge_of(claims: Sequence[Claim], line: Line) -> int | None:
    """Return what a line stands on a bill with, in cents; None where it is on none."""
    key = (line.code, line.date_of_service.isoformat())
    return next((each.charges[key] for each in claims if key in each.charges), None)


def talks(told: Told) -> Part:
    """Return when they talked, and with whom; what a machine did is said to be one."""
    contacts = [
        each for each in told.chart.record.entries(ContactHeld)
        if told.chart.month_of(each.at) == told.month
    ]  # fmt: skip
    says = tuple(talk_of(told, each) for each in contacts)
    head = told.words.say("talks_head")
    if not says:
        return Part(name="talks", head=head, says=(told.words.say("talks_none"),))
    return Part(name="talks", head=head, items=tuple((each,) for each in says))


def talk_of(told: Told, entry: Entry) -> str:
    """Return a conversation in a sentence."""
    body, say = entry.body, told.words.say
    assert isinstance(body, ContactHeld)
    day = told.words.day(told.chart.day_of(entry.at))
    minutes = told.minutes(length_of(body.start, body.end))
    if body.mode == MACHINE:
        return say("talk_machine", day=day, minutes=minutes)
    filled = {"day": day, "mode": say(f"mode_{body.mode}"), "who": who(told, body, entry.at)}
    if not minutes:
        return say("talk_short", **filled)
    name = "talk_caregiver" if body.spoke_with.startswith("caregiver") else "talk"
    return say(name, minutes=minutes, **filled)


def length_of(start: datetime, end: datetime) -> int:
    """Return the whole seconds between two instants."""
    return max(0, int((end - start).total_seconds()))


def who(told: Told, body: ContactHeld, at: datetime) -> str:
    """Return who talked, with what they are."""
    names = person_names(told.office)
    day = told.chart.day_of(at)
    register = told.chart.record.register
    found = []
    for person in body.performers:
        roles = sorted(register.roles_on(person, day))
        role = told.words.role(roles[0] if roles else "other")
        name = names.get(person, "")
        found.append(f"{name} ({role})" if name else role)
    return ", ".join(found)


def not_billed(told: Told) -> Part:
    """Return what was not billed."""
    says = tuple(not_billed_says(told))
    return Part(name="not-billed", head=told.words.say("not_billed_head"),
                says=says or (told.words.say("not_billed_none"),))  # fmt: skip


def not_billed_says(told: Told) -> Iterator[str]:
    """Yield what was not billed, and why as far as a patient cares."""
    say, facts, day = told.words.say, told.facts, told.words.day
    for each in told.withheld:
        yield say("not_billed_withheld", code=each.code, to=day(each.date_of_service))
    if told.decision.holds:
        yield say("not_billed_held")
    codes = {line.code for line in told.lines}
    if facts.management_seconds >= MINUTE and not codes & TIME and not told.decision.holds:
        yield say("not_billed_time", minutes=told.minutes(facts.management_seconds))
    if facts.ai_seconds >= MINUTE:
        yield say("not_billed_machine", minutes=told.minutes(facts.ai_seconds))
    if facts.chat_seconds >= MINUTE:
        yield say("not_billed_chat", minutes=told.minutes(facts.chat_seconds))
    if told.decision.holds:
        return
    dates = {line.date_of_service for line in told.lines if line.code not in TIME | MORE}
    today = told.chart.day_of(told.office.now)
    for slot in told.decision.month.slots:
        last = date_of(slot.to_day)
        if slot.period and last not in dates and slot.data_days and last < today:
            yield say("not_billed_days", days=slot.data_days, to=day(last),
                      **{"from": day(date_of(slot.from_day))})  # fmt: skip


def owed(told: Told) -> Part:
    """Return what the patient may owe: what a plan answered, else that nobody knows yet."""
    return Part(name="owed", head=told.words.say("owe_head"), says=tuple(owed_says(told)))


def owed_says(told: Told) -> Iterator[str]:
    """Yield what is known of what the patient may owe."""
    say = told.words.say
    answered = [each for each in told.claims if each.is_answered]
    waiting = [each for each in told.claims if not each.is_answered]
    if not told.lines and not told.claims:
        yield say("owe_none_billed")
    elif not told.sent:
        yield say("owe_not_sent")
    elif not answered:
        payer = told.words.payer(told.payer)
        name = "owe_taken_back" if REVERSED in {each.state for each in waiting} else "owe_unknown"
        yield say(name, payer=payer[:1].upper() + payer[1:])
    else:
        share = sum(each.share for each in answered)
        if share > 0:
            yield say("owe_known", share=cents(share).shown)
            yield say("owe_second")
        else:
            yield say("owe_nothing")
        if waiting:
            yield told.words.count("owe_some_open", len(waiting), count=len(waiting))


def stopping(told: Told) -> Part:
    """Return how to stop."""
    say = told.words.say
    phone = phone_words(told.profile)
    how = say("stop_how", phone=phone) if phone else say("stop_how_no_phone")
    return Part(name="stop", head=say("stop_head"),
                says=(say("stop_right"), how, say("stop_after"), say("stop_care")))  # fmt: skip


def asking(told: Told) -> Part:
    """Return whom to ask."""
    say, phone = told.words.say, phone_words(told.profile)
    practice = practice_name(told)
    if phone and told.profile is not None:
        contact = told.profile.contact.title()
        first = say("ask_phone", practice=practice, phone=phone, contact=contact)
    else:
        first = say("ask_no_phone", practice=practice)
    medicare = (say("ask_medicare"),) if told.payer in MEDICARE else ()
    return Part(name="ask", head=say("ask_head"), says=(first, say("ask_wrong"), *medicare))


def phone_words(profile: BillingProfileSet | None) -> str:
    """Return the telephone number of a practice as people write it; empty without one.

    Example:
        >>> phone_words(None)
        ''
    """
    if profile is None:
        return ""
    digits = profile.phone
    is_plain = len(digits) == 10 and digits.isdigit()
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if is_plain else digits
