"""Whom to turn to today: the worklist as a caller may see it, narrowed down and page by page.

The order is that of the projection: urgency, then the last day on which something can be reached,
then the name. Marks of a few saves are worked off on the way; more are left to the worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.access import Access, record_access
from caretally.store.work_items import NEVER, URGENCIES
from caretally.store.worklist import day_at, refresh_day, waiting

PAGE = 50
"""Patients on a page."""
ON_THE_WAY = 20
"""Marks that a look at the list works off by itself."""
URGENCY_WORDS: Mapping[str, str] = {
    "crisis": "Crisis range",
    "out_of_range": "Out of range",
    "out_of_reach": "Silent or out of reach",
    "conversation": "Conversation due",
    "evidence": "Evidence missing",
}
REASON_WORDS: Mapping[str, str] = {
    "value_in_crisis": "Value in the crisis range",
    "value_outside": "Value outside the threshold",
    "rose_fast": "Weight rose fast",
    "device_is_dark": "No readings",
    "measures_less": "Measures less than before",
    "average_outside": "Average outside the threshold",
    "many_alerts": "Many alerts",
    "device_needs_care": "Device needs care",
    "try_again": "Attempt due",
    "tell_practitioner": "Practitioner to be told",
    "review_outreach": "Outreach to be reviewed",
    "end_enrollment": "Enrollment to be ended",
    "conversation_due": "Monthly conversation due",
    "no_consent": "Consent missing",
    "no_device": "Device missing",
    "no_setup": "Set-up missing",
}
"""Reasons a list can be narrowed down to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the list is narrowed down to; empty means all.

    is_mine: only patients whose care team the caller is in. reason: a name in `REASON_WORDS`.
    """

    urgency: str = ""
    program: str = ""
    clinic: str = ""
    reason: str = ""
    is_mine: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A patient on the list.

    by_on: last feasible day of what is soonest to reach; None where nothing is. days_left: until
    then, 0 on the day itself. content: reasons, codes, clocks, period, and the last reading.
    """

    patient: str
    name: str
    born_on: str
    clinic: str
    urgency: str
    by_on: date | None
    days_left: int | None
    programs: tuple[str, ...]
    content: Mapping[str, Any]

    @property
    def label(self) -> str:
        """What to call the patient on a page."""
        return self.name or self.patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of the list.

    counts: of all pages by urgency, whichever urgency was asked for. waiting: patients whose place
    is still that of an earlier day, or of before a save. revision: changes with every change.
    """

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    count: int
    number: int
    day: date
    waiting: int
    revision: str
    clinics: Mapping[str, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing was found."""
        return max(1, -(-self.count // PAGE))

    @property
    def total(self) -> int:
        """How many there are of all urgencies."""
        return sum(self.counts.values())


Condition = tuple[str, tuple[str | int | bool, ...]]


def worklist(office: Office, search: Search) -> Found:
    """Return the patients whom the caller may see and should turn to, the most urgent first.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    book, desk = office.book(), office.journal.desk
    day = day_at(book, desk, office.now)
    left = waiting(book, day)
    if left:
        left = refresh_day(office.journal, office.practice, office.now, ON_THE_WAY)
    revision = version(office, day)
    base = conditions(office, search, book.number)
    counts = counted(office, base)
    wanted = search.urgency if search.urgency in URGENCIES else ""
    count = counts.get(wanted, 0) if wanted else sum(counts.values())
    number = max(1, min(search.number, -(-count // PAGE)))
    if wanted:
        base = [*base, ("item.urgency = %s", (URGENCIES.index(wanted),))]
    return Found(
        rows=rows_of(office, base, day, number), counts=counts, count=count, number=number,
        day=day, waiting=left, revision=revision, clinics=clinics(office),
    )  # fmt: skip


def version(office: Office, day: date | None = None) -> str:
    """Return what changes whenever a list of the practice may have changed."""
    book = office.book()
    day = day or day_at(book, office.journal.desk, office.now)
    rows = office.db.rows("SELECT revision FROM store_practice WHERE id = %s", book.number)
    return f"{rows[0][0]}.{day.isoformat()}"


def tell_access(office: Office, found: Found) -> None:
    """Tell in the practice's access chain that the caller looked at a page of the list."""
    purpose = f"worklist, {len(found.rows)} patients"
    access = Access(
        practice=office.practice, patient=None, actor=office.caller.actor, purpose=purpose
    )
    record_access(office.db, access, office.now)


def clinics(office: Office) -> dict[str, str]:
    """Return the names of the clinics that the caller may see, by id; one of them is no choice."""
    held = office.clinics(SEE_PATIENTS)
    known = office.register().practices
    found = {name: known[name].name for name in sorted(known) if held is None or name in held}
    return found if len(found) > 1 else {}


def conditions(office: Office, search: Search, practice: int) -> list[Condition]:
    """Return what a row must fulfill, urgency left out."""
    found: list[Condition] = [("item.practice_id = %s AND item.is_listed = %s", (practice, True))]
    held = office.clinics(SEE_PATIENTS)
    if held is not None:
        places = ", ".join(["%s"] * len(held)) or "NULL"
        found.append((f"item.clinic IN ({places})", tuple(sorted(held))))
    if search.clinic:
        found.append(("item.clinic = %s", (search.clinic,)))
    words = (
        ("programs", search.program),
        ("reasons", search.reason),
        ("team", (office.caller.staff or "nobody") if search.is_mine else ""),
    )
    found += [
        (f"item.{column} LIKE %s ESCAPE '!'", (pattern(word),)) for column, word in words if word
    ]
    return found


def pattern(word: str) -> str:
    """Return what a list of words that holds a word looks like."""
    escaped = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"% {escaped} %"


def counted(office: Office, base: list[Condition]) -> dict[str, int]:
    """Return how many patients there are by urgency."""
    where, values = joined(base)
    rows = office.db.rows(
        f"SELECT item.urgency, count(*) FROM store_workitem AS item WHERE {where} "  # noqa: S608
        "GROUP BY item.urgency",
        *values,
    )
    return {URGENCIES[row[0]]: row[1] for row in rows if row[0] < len(URGENCIES)}


def rows_of(office: Office, base: list[Condition], day: date, number: int) -> tuple[Row, ...]:
    """Return the rows of a page."""
    where, values = joined(base)
    rows = office.db.rows(
        "SELECT item.patient, card.name, card.born_on, item.clinic, item.urgency, item.by_on, "  # noqa: S608
        "item.programs, item.content FROM store_workitem AS item "
        f"LEFT JOIN store_patientcard AS card ON card.stream_id = item.stream_id WHERE {where} "
        "ORDER BY item.urgency, item.by_on, item.name_key, item.patient LIMIT %s OFFSET %s",
        *values, PAGE, (number - 1) * PAGE,
    )  # fmt: skip
    return tuple(row_of(row, day) for row in rows)


def joined(base: list[Condition]) -> tuple[str, list[str | int | bool]]:
    """Return conditions as SQL, with the values in their order."""
    return " AND ".join(sql for sql, _ in base), [value for _, each in base for value in each]


def row_of(row: Any, day: date) -> Row:
    """Return a row of the list from one of the table."""
    patient, name, born_on, clinic, urgency, by, programs, content = row
    by_on = None if by == NEVER else date.fromisoformat(by)
    return Row(
        patient=patient, name=name or "", born_on=born_on or "", clinic=clinic,
        urgency=URGENCIES[urgency], by_on=by_on,
        days_left=(by_on - day).days if by_on else None,
        programs=tuple(programs.split()), content=msgspec.json.decode(content),
    )  # fmt: skip
