"""Lists of patients: those a caller may see, searched and page by page."""

from __future__ import annotations

from dataclasses import dataclass

from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS
from caretally.store.cards import COLUMNS, Card

PAGE = 50
"""Patients on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for.

    words: parts of a name or the beginning of an id. stage: as on a card, empty for all.
    """

    words: str = ""
    stage: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of patients, by name; count is of all pages."""

    cards: tuple[Card, ...]
    count: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing was found."""
        return max(1, -(-self.count // PAGE))


def find_patients(office: Office, search: Search) -> Found:
    """Return the patients whom the caller may see and who fit a search.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    where = ["practice_id = %s"]
    clinics = office.clinics(SEE_PATIENTS)
    conditions: list[tuple[str, tuple[str, ...]]] = []
    if clinics is not None:
        places = ", ".join(["%s"] * len(clinics)) or "NULL"
        conditions.append((f"clinic IN ({places})", tuple(sorted(clinics))))
    if search.stage:
        conditions.append(("stage = %s", (search.stage,)))
    for word in search.words.lower().split():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        sql = "(name_key LIKE %s ESCAPE '\\' OR patient LIKE %s ESCAPE '\\')"
        conditions.append((sql, (pattern, pattern[1:])))
    where += [sql for sql, _ in conditions]
    filled: list[str | int] = [office.book().number]
    filled += [value for _, each in conditions for value in each]
    joined = " AND ".join(where)
    count = office.db.rows(f"SELECT count(*) FROM store_patientcard WHERE {joined}", *filled)[0][0]  # noqa: S608
    number = max(1, min(search.number, -(-count // PAGE)))
    rows = office.db.rows(
        f"SELECT {', '.join(COLUMNS)} FROM store_patientcard WHERE {joined} "  # noqa: S608
        "ORDER BY name_key, patient LIMIT %s OFFSET %s",
        *filled, PAGE, (number - 1) * PAGE,
    )  # fmt: skip
    return Found(cards=tuple(Card(*row) for row in rows), count=count, number=number)
