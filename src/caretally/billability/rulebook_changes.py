"""What changes between two dates of service, code by code and payer by payer.

Changes of citation alone are no changes of rules and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from caretally.billability.rulebook_words import conditions, dated_words
from caretally.billability.sheets import Parameter, Rulebook, Sheet

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: whose rule, which part of it, what it was and what it is."""

    subject: str
    part: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.subject}  {self.part}: {self.before} -> {self.after}"


def changes(rulebook: Rulebook, first: date, second: date) -> list[Change]:
    """Return all differences between the rules of two dates of service."""
    found = [
        change
        for code in sorted(rulebook.sheets)
        for change in changes_of_code(rulebook.sheets[code], first, second)
    ]
    for payer in rulebook.payers.values():
        before, after = payer.policy_on(first), payer.policy_on(second)
        if before and after and before.value != after.value:
            found.append(said(payer.payer, "counting policy", str(before.value), str(after.value)))
    for name, parameter in rulebook.counting.items():
        found += change_of_value("counting", name, parameter, (first, second))
    return found


def changes_of_code(sheet: Sheet, first: date, second: date) -> list[Change]:
    """Return the differences of one code between two dates of service."""
    was, now = (sheet.version_on(day) is not None for day in (first, second))
    if not was and not now:
        return []
    if was != now:
        return [said(sheet.code, "code", *("valid" if there else "none" for there in (was, now)))]
    found = [
        change
        for name, parameter in sheet.parameters.items()
        for change in change_of_value(sheet.code, name, parameter, (first, second))
    ]
    return found + list(changes_of_conditions(sheet, first, second))


def change_of_value(
    subject: str, name: str, parameter: Parameter, days: tuple[date, date]
) -> list[Change]:
    """Return the difference of one parameter between two dates, if there is one."""
    before, after = (dated_words(parameter, parameter.on(day)) for day in days)
    return [said(subject, name, before, after)] if before != after else []


def changes_of_conditions(sheet: Sheet, first: date, second: date) -> Iterator[Change]:
    """Yield the requirements of one code that came, went or got another effect."""
    before, after = ({c.name: c.effect for c in conditions(sheet, day)} for day in (first, second))
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            was, now = before.get(name, "not asked"), after.get(name, "not asked")
            yield said(sheet.code, name, was, now)


def history(sheet: Sheet) -> list[tuple[date, list[Change]]]:
    """Return each date at which a code's rules changed, with what changed."""
    days = {*sheet.change_dates(), *((sheet.ends_on + DAY,) if sheet.ends_on else ())}
    return [(day, changes_of_code(sheet, day - DAY, day)) for day in sorted(days)]


def said(subject: str, part: str, before: str, after: str) -> Change:
    """Return a change."""
    return Change(subject=subject, part=part, before=before, after=after)
