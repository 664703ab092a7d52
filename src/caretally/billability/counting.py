"""What the fold needs to know of the rulebook: whose seconds and which days count in a month.

Words become bit masks here, dated floors become rows. No rule is added and none is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from caretally.billability.sheets import Rulebook, Sheet
from caretally.clock import ServiceMonth, day_number
from caretally.codes import (
    CATEGORIES,
    CODE_BITS,
    CONTACT_MODES,
    PROGRAMS,
    ROLES,
    SETUP_READING,
    TOPICS,
)  # fmt: skip
from caretally.patient_months.columns import FOREVER, Rules
from caretally.patient_months.window_rows import CodeTable

SETUP_CODES = ("99453", "98975")
"""Codes met once in an episode, whose floor decides which period that is."""
AI_ROLES = ("ai_agent",)
"""Roles whose time is kept in a total of its own (contract section 3)."""


@dataclass(frozen=True, slots=True)
class Counting:
    """The counting sheet on one day."""

    rulebook: Rulebook
    day: date

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words of a parameter."""
        parameter = self.rulebook.counting[name]
        dated = parameter.on(self.day) or parameter.values[0]
        return dated.words

    def amount(self, name: str) -> int:
        """Return the amount of a parameter."""
        parameter = self.rulebook.counting[name]
        dated = parameter.on(self.day) or parameter.values[0]
        return int(dated.value)


def mask(words: Iterable[str], among: tuple[str, ...]) -> int:
    """Return the bit mask of words by their positions."""
    return sum(1 << among.index(word) for word in set(words))


def floors_of(sheet: Sheet, rules_on: date | None) -> list[tuple[int, int, int, int, int]]:
    """Return (program, first day, days needed, with COVID-19, by the strict reading) by change."""
    rows = []
    for day in (rules_on,) if rules_on else sheet.change_dates():
        version, floor = sheet.version_on(day), sheet.parameters["setup_floor"].on(day)
        if version is None or floor is None:
            continue
        exception = any(
            each.name == "reaches_covid_days"
            for requirement in version.requirements
            for each in requirement.any_of
        )
        lowered = sheet.parameters["covid_floor"].on(day) if exception else None
        first = -FOREVER if rules_on else day_number(day)
        days = int(floor.value)
        program = PROGRAMS.index(sheet.program)
        strict = int(floor.readings.get(SETUP_READING, days))
        rows.append((program, first, days, int(lowered.value) if lowered else days, strict))
    return rows


def fold_rules(rulebook: Rulebook, month: ServiceMonth, rules_on: date | None = None) -> Rules:
    """Return the counting rules of a month, or of another date, in the fold's form."""
    counting = Counting(rulebook, rules_on or month.last_day)
    floors = [row for code in SETUP_CODES for row in floors_of(rulebook.sheets[code], rules_on)]
    columns = list(zip(*floors, strict=True))
    return Rules(
        mask(counting.words("counted_roles"), ROLES),
        mask(counting.words("practitioner_roles"), ROLES),
        mask(AI_ROLES, ROLES),
        mask(counting.words("counted_categories"), CATEGORIES),
        mask(counting.words("live_modes"), CONTACT_MODES),
        mask(counting.words("clinical_topics"), TOPICS),
        counting.amount("plausible_span"),
        counting.amount("period_length"),
        counting.amount("late_after"),
        counting.amount("short_below"),
        *columns,
    )


def code_table(rulebook: Rulebook) -> CodeTable:
    """Return the bits of codes, and which decided codes each other code pairs with on a date."""
    decided = [
        sheet.code for sheet in rulebook.sheets.values() if sheet.decided and not sheet.advisory
    ]
    never: dict[str, int] = {}
    modifiable: dict[str, int] = {}
    for (first, second), indicator in rulebook.edits.pairs.items():
        found = never if indicator == 0 else modifiable
        for code, other in ((first, second), (second, first)):
            if other in decided:
                found[code] = found.get(code, 0) | 1 << CODE_BITS[other]
    pairs = {code: (never.get(code, 0), modifiable.get(code, 0)) for code in never | modifiable}
    return CodeTable(CODE_BITS, pairs)
