"""Lists of patients: those a caller may see, searched and page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caretally.codes import PROGRAMS
from caretally.practice.office import Office, with_branches
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.cards import COLUMNS, Card
from caretally.store.database import Value

PAGE = 50
"""Patients on a page."""
STAGES = ("open", "new", "ended", "died")
ORDERS = {"": "name_key, patient", "born": "born_on, name_key, patient",
          "payer": "payer, name_key, patient", "stage": "stage, name_key, patient"}  # fmt: skip
"""How a list may be ordered; by name where nothing is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; empty for all.

    words: parts of a name or the beginning of an id. stage, program: as on a card. clinic: with
    all that belong to it. order: one of `ORDERS`.
    """

    words: str = ""
    stage: str = ""
    program: str = ""
    clinic: str = ""
    order: str = ""
    number: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.words or self.stage or self.program or self.clinic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of patients; count is of all pages."""

    cards: tuple[Card, ...]
    count: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing was found."""
        return max(1, -(-self.count // PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a list can be narrowed to; clinics by id with their names."""

    stages: tuple[str, ...]
    programs: tuple[str, ...]
    clinics: tuple[tuple[str, str], ...]


def choices_of(office: Office) -> Choices:
    """Return what a caller's list can be narrowed to."""
    allowed = office.clinics(SEE_PATIENTS)
    places = sorted(office.register().practices.items(), key=lambda each: each[1].name)
    return Choices(
        stages=STAGES, programs=PROGRAMS,
        clinics=tuple(
            (name, body.name) for name, body in places if allowed is None or name in allowed
        ),
    )  # fmt: skip


def find_patients(office: Office, search: Search) -> Found:
    """Return the patients whom the caller may see and who fit a search.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    parts = list(conditions(office, search))
    joined = " AND ".join(["practice_id = %s", *(sql for sql, _ in parts)])
    filled: list[Value] = [office.book().number]
    filled += [value for _, each in parts for value in each]
    count = office.db.rows(f"SELECT count(*) FROM store_patientcard WHERE {joined}", *filled)[0][0]  # noqa: S608
    number = max(1, min(search.number, -(-count // PAGE)))
    rows = office.db.rows(
        f"SELECT {', '.join(COLUMNS)} FROM store_patientcard WHERE {joined} "  # noqa: S608
        f"ORDER BY {ORDERS.get(search.order, ORDERS[''])} LIMIT %s OFFSET %s",
        *filled, PAGE, (number - 1) * PAGE,
    )  # fmt: skip
    return Found(cards=tuple(Card(*row) for row in rows), count=count, number=number)


def conditions(office: Office, search: Search) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what a search asks of a card, as SQL with its values."""
    for clinics in (office.clinics(SEE_PATIENTS), chosen_clinics(office, search.clinic)):
        if clinics is not None:
            places = ", ".join(["%s"] * len(clinics)) or "NULL"
            yield f"clinic IN ({places})", tuple(sorted(clinics))
    if search.stage:
        yield "stage = %s", (search.stage,)
    if search.program:
        yield "' ' || programs || ' ' LIKE %s ESCAPE '\\'", (f"% {escaped(search.program)} %",)
    for word in search.words.lower().split():
        pattern = escaped(word)
        sql = "(name_key LIKE %s ESCAPE '\\' OR patient LIKE %s ESCAPE '\\')"
        yield sql, (f"%{pattern}%", f"{pattern}%")


def chosen_clinics(office: Office, clinic: str) -> frozenset[str] | None:
    """Return a clinic with all that belong to it; None where none is chosen."""
    return with_branches(frozenset({clinic}), office.register()) if clinic else None


def escaped(word: str) -> str:
    """Return a word so that it means itself in a pattern."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
