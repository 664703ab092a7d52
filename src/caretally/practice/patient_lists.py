"""Patients of a practice page by page, in the order of their ids: for programs that read all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.cards import COLUMNS, Card
from caretally.store.database import Value

Condition = tuple[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for; what is empty is not asked.

    words: parts of a name. stage and program: as on a card. clinic: practice id.
    """

    words: str = ""
    stage: str = ""
    program: str = ""
    clinic: str = ""


def like(word: str) -> str:
    """Return the pattern of what holds a word."""
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def conditions(office: Office, sought: Sought) -> Iterator[Condition]:
    """Yield what must hold of a card: the caller's clinics, then what is looked for."""
    clinics = office.clinics(SEE_PATIENTS)
    if clinics is not None:
        places = ", ".join(["%s"] * len(clinics)) or "NULL"
        yield f"clinic IN ({places})", tuple(sorted(clinics))
    if sought.stage:
        yield "stage = %s", (sought.stage,)
    if sought.clinic:
        yield "clinic = %s", (sought.clinic,)
    if sought.program:
        yield "' ' || programs || ' ' LIKE %s ESCAPE '\\'", (like(f" {sought.program} "),)
    for word in sought.words.lower().split():
        yield "name_key LIKE %s ESCAPE '\\'", (like(word),)


def patients_after(
    office: Office, sought: Sought, *, after: str = "", limit: int = 50
) -> tuple[list[Card], bool]:
    """Return the patients whom the caller may see that follow an id, and whether there are more.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    found = [*conditions(office, sought), ("patient > %s", (after,))]
    where = " AND ".join(sql for sql, _ in found)
    values = [value for _, each in found for value in each]
    rows = office.db.rows(
        f"SELECT {', '.join(COLUMNS)} FROM store_patientcard WHERE practice_id = %s "  # noqa: S608
        f"AND {where} ORDER BY patient LIMIT %s",
        office.book().number, *values, limit + 1,
    )  # fmt: skip
    return [Card(*row) for row in rows[:limit]], len(rows) > limit
