"""Patients' months for the self-audit, read off what is kept of them; no chart is opened.

What may be billed is what the program decided last. Nobody's name leaves this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from caretally.audit.rows import (
    DEVICE,
    MANAGEMENT,
    MONITORING,
    SETUP,
    LineRow,
    MonthRow,
    YearRow,
)
from caretally.clock import ServiceMonth, day_number
from caretally.codes import MONITORING_PROGRAMS, PROGRAMS
from caretally.patient_months.facts import Facts
from caretally.practice.caller import places_of
from caretally.practice.office import Office
from caretally.practice.roles import MAY, SEE_AUDIT
from caretally.store.billing_tables import ACCEPTED, PAID, PARTIAL, SUBMITTED
from caretally.store.database import Value, scoped
from caretally.store.models import ClaimCard
from caretally.store.streams import OWN, named_streams

decode = msgspec.json.Decoder().decode
YEAR = 12
STANDING = (SUBMITTED, ACCEPTED, PAID, PARTIAL)
"""States of claims that were sent and ask for something still, or were paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the caller may audit: whose office, and which clinics; None for all."""

    office: Office
    clinics: frozenset[str] | None

    def condition(self) -> tuple[str, list[Value]]:
        """Return the condition on cards, with its values."""
        if self.clinics is None:
            return "", []
        places = ", ".join(["%s"] * len(self.clinics)) or "NULL"
        return f" AND card.clinic IN ({places})", [*sorted(self.clinics)]


class Kept(NamedTuple):
    """What is kept of a patient's month, with the card's words."""

    patient: str
    management_seconds: int
    live_seconds: int
    ai_seconds: int
    contacts: int
    data_days: int
    facts: str
    lines: str
    holds: str
    stage: str
    name_key: str
    born_on: str


def sight_of(office: Office) -> Sight:
    """Return what a caller may audit.

    Raises:
        ForbiddenError: nothing.
    """
    office.caller.require(SEE_AUDIT)
    return Sight(office=office, clinics=office.clinics(SEE_AUDIT))


def kept_rows(sight: Sight, month: ServiceMonth) -> list[Kept]:
    """Return what is kept of a month, by patient."""
    more, values = sight.condition()
    rows = sight.office.db.rows(
        "SELECT kept.patient, kept.management_seconds, kept.live_seconds, "  # noqa: S608
        "kept.ai_seconds, kept.qualifying_contacts, kept.data_days, kept.facts, kept.lines, "
        "kept.holds, card.stage, card.name_key, card.born_on FROM store_patientmonth AS kept "
        "JOIN store_patientcard AS card ON card.stream_id = kept.stream_id "
        f"WHERE kept.practice_id = %s AND kept.month = %s{more} ORDER BY kept.patient",
        sight.office.book().number, str(month), *values,
    )  # fmt: skip
    return [Kept(*row) for row in rows]


def marks_of(sight: Sight, months: Iterable[ServiceMonth]) -> dict[ServiceMonth, bytes]:
    """Return digests that change with anything a month's figures rest on.

    Its own decisions and claims and those of the month before, the versions of all before these,
    and the practice's own entries: staff, roster, policies and closes.
    """
    wanted = sorted(months)
    more, values = sight.condition()
    book = sight.office.book()
    names = [str(wanted[0].previous()), *map(str, wanted)]
    whole: dict[str, Any] = {name: sha256() for name in names}
    sql = (
        "FROM store_patientmonth AS kept "
        "JOIN store_patientcard AS card ON card.stream_id = kept.stream_id "
        f"WHERE kept.practice_id = %s{more} "
    )
    rows = sight.office.db.rows(
        f"SELECT kept.month, kept.patient, kept.digest, card.clinic {sql} "
        "AND kept.month >= %s AND kept.month <= %s ORDER BY kept.month, kept.patient",
        book.number, *values, names[0], names[-1],
    )  # fmt: skip
    for name, patient, digest, clinic in rows:
        if name in whole:
            whole[name].update(f"{patient}\n{clinic}\n".encode() + bytes(digest))
    claims = sight.office.db.rows(
        "SELECT month, claim, state FROM store_claimcard WHERE practice_id = %s AND month >= %s "
        "AND month <= %s ORDER BY month, claim",
        book.number, names[0], names[-1],
    )  # fmt: skip
    for name, claim, state in claims:
        if name in whole:
            whole[name].update(f"{claim}\n{state}\n".encode())
    versions = sight.office.db.rows(
        f"SELECT kept.month, COUNT(*), SUM(kept.version) {sql} "
        "GROUP BY kept.month ORDER BY kept.month",
        book.number, *values,
    )  # fmt: skip
    own = named_streams(book, [OWN]).get(OWN)
    head = own.head if own is not None else b""
    found = {}
    for month in wanted:
        told = [f"{each[0]} {each[1]} {each[2]}" for each in versions if each[0] <= str(month)]
        near = whole[str(month)].digest() + whole[str(month.previous())].digest()
        found[month] = sha256(head + near + "\n".join(told).encode()).digest()
    return found


def slots_of(kept: Kept) -> list[Facts]:
    """Return the facts of a month."""
    return slots_in(kept.facts)


def slots_in(text: str) -> list[Facts]:
    """Return facts as they are kept."""
    return [Facts(*each) for each in decode(text)]


def lines_of(text: str) -> tuple[LineRow, ...]:
    """Return the monitoring lines of a month."""
    return tuple(
        LineRow(each[0], each[1], day_number(date.fromisoformat(each[2])))
        for each in decode(text)
        if each[0] in MONITORING
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of a month beside what is kept of it, by patient."""

    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    claimed: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


def month_row(kept: Kept, month: ServiceMonth, around: Around) -> MonthRow:
    """Return a patient's month as the measures read it."""
    began = [
        slot.began_on for slot in slots_of(kept)
        if slot.enrolled and PROGRAMS[slot.program] in MONITORING_PROGRAMS
    ]  # fmt: skip
    first, last = day_number(month.first_day), day_number(month.last_day)
    holds = decode(kept.holds)
    return MonthRow(
        patient=kept.patient, lines=lines_of(kept.lines),
        management_seconds=kept.management_seconds, live_seconds=kept.live_seconds,
        ai_seconds=kept.ai_seconds, contacts=kept.contacts, data_days=kept.data_days,
        is_new=bool(began) and first <= min(began) <= last,
        lacks_visit="is_established" in holds,
        is_claimed_elsewhere="is_not_billed_elsewhere" in holds,
        others=around.others.get(kept.patient, ()),
        claimed=around.claimed.get(kept.patient, ()),
    )  # fmt: skip


def year_rows(sight: Sight, month: ServiceMonth) -> tuple[YearRow, ...]:
    """Return the patients with monitoring lines in the twelve months up to one."""
    first = month
    for _ in range(YEAR - 1):
        first = first.previous()
    more, values = sight.condition()
    rows = sight.office.db.rows(
        "SELECT kept.patient, kept.month, kept.lines FROM store_patientmonth AS kept "  # noqa: S608
        "JOIN store_patientcard AS card ON card.stream_id = kept.stream_id "
        "WHERE kept.practice_id = %s AND kept.month <= %s AND kept.lines <> '[]' "
        f"AND (kept.month >= %s OR kept.lines LIKE %s){more}",
        sight.office.book().number, str(month), str(first), '%"99453"%', *values,
    )  # fmt: skip
    found: dict[str, list[tuple[str, int]]] = {}
    had_setup: set[str] = set()
    for patient, name, lines in rows:
        told = [(each[0], each[1]) for each in decode(lines) if each[0] in MONITORING]
        if any(code in SETUP for code, _ in told):
            had_setup.add(patient)
        if name >= str(first) and told:
            found.setdefault(patient, []).extend(told)
    return tuple(
        YearRow(
            patient, sum(units for _, units in told), patient in had_setup,
            any(code in DEVICE for code, _ in told), any(code in MANAGEMENT for code, _ in told),
        )
        for patient, told in sorted(found.items())
    )  # fmt: skip


def claimed_of(sight: Sight, month: ServiceMonth) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return codes and units on claims of a month that were sent and stand, by patient."""
    cards = ClaimCard.objects.using(sight.office.db.alias).filter(
        practice__name=sight.office.practice, month=str(month), state__in=STANDING
    )
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for patient, lines in cards.order_by("claim").values_list("patient", "lines"):
        told = ((each["code"], each["units"]) for each in decode(lines))
        found[patient] = (
            *found.get(patient, ()),
            *(line for line in told if line[0] in MONITORING),
        )
    return found


def people_elsewhere(
    sight: Sight, month: ServiceMonth, kept: list[Kept]
) -> dict[str, tuple[str, ...]]:
    """Return in which other practices the same people are monitored, by patient.

    Only where the caller may audit all of the other practice; people are told apart by name and
    date of birth, and whoever lacks one is not looked for.
    """
    office = sight.office
    mine = {(each.name_key, each.born_on): each.patient for each in kept
            if each.name_key and each.born_on}  # fmt: skip
    found: dict[str, list[str]] = {}
    for practice in other_practices(office) if mine else ():
        with scoped(practice, office.db.alias):
            rows = office.db.rows(
                "SELECT DISTINCT card.name_key, card.born_on FROM store_patientmonth AS kept "
                "JOIN store_patientcard AS card ON card.stream_id = kept.stream_id "
                "JOIN store_practice AS practice ON practice.id = kept.practice_id "
                "WHERE practice.name = %s AND kept.month = %s AND card.born_on <> ''",
                practice, str(month),
            )  # fmt: skip
        for row in rows:
            patient = mine.get((row[0], row[1]))
            if patient is not None:
                found.setdefault(patient, []).append(practice)
    return {patient: tuple(names) for patient, names in found.items()}


def other_practices(office: Office) -> list[str]:
    """Return the other practices that the caller may audit as a whole, by id."""
    caller = office.caller
    if caller.user is None:
        rows = office.db.rows("SELECT name FROM store_practice ORDER BY name")
        return [row[0] for row in rows if row[0] != office.practice]
    return [
        place.practice
        for place in places_of(office.db, caller.user, office.now.date())
        if place.practice != office.practice
        and any(SEE_AUDIT in MAY.get(each.role, ()) and not each.clinic for each in place.grants)
    ]
