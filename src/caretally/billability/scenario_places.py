"""Where the parts of a decision stand in its JSON, and how scenarios write them.

Each function picks one part of what `caretally decide --json` prints. Nothing is computed anew:
a scenario that recomputed would agree with itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Decided = Mapping[str, Any]
"""A decision as the contract writes it in JSON."""


def lines_of(decided: Decided, *, code: str) -> list[Decided]:
    """Return the lines of a code."""
    return [line for line in decided["lines"] if line["code"] == code]


def verdict(decided: Decided, *, code: str) -> tuple[bool, bool]:
    """Return whether a code is said to be billable, and whether it has a line."""
    said = decided["codes"].get(code, {}).get("billable", False)
    return said, bool(lines_of(decided, code=code))


def units(decided: Decided, *, code: str) -> int:
    """Return the units of all lines of a code."""
    return sum(line["units"] for line in lines_of(decided, code=code))


def dates(decided: Decided, *, code: str) -> list[str]:
    """Return the dates of service of the lines of a code."""
    return [line["date_of_service"] for line in lines_of(decided, code=code)]


def unmet(decided: Decided, *, code: str) -> list[str]:
    """Return the names of the unmet criteria of a code."""
    criteria = decided["codes"].get(code, {}).get("criteria", ())
    return [criterion["name"] for criterion in criteria if criterion["status"] == "unmet"]


def at_risk(decided: Decided, *, code: str) -> list[str]:
    """Return the readings under which the lines of a code would fall or shrink."""
    return list(decided["codes"].get(code, {}).get("at_risk", ()))


def lines_told(decided: Decided) -> list[str]:
    """Return the lines as scenarios write them."""
    return sorted(
        f"{line['code']} x{line['units']} {line['date_of_service']}" for line in decided["lines"]
    )


def sister_lines_told(decided: Decided) -> list[str]:
    """Return the sister lines as scenarios write them."""
    return sorted(
        f"{line['code']} x{line['units']} {line['program']} {line['date_of_service']}"
        for line in decided.get("sister_lines", ())
    )


def hold_names(decided: Decided) -> list[str]:
    """Return the names of the holds."""
    return sorted({hold["name"] for hold in decided["holds"]})


def held_codes(decided: Decided, *, name: str) -> list[str]:
    """Return the codes that the holds of a name concern."""
    holds = [hold for hold in decided["holds"] if hold["name"] == name]
    return sorted({code for hold in holds for code in hold.get("codes", ())})


def flags(decided: Decided) -> list[str]:
    """Return the flags."""
    return list(decided["flags"])


def total(decided: Decided, *, name: str) -> object:
    """Return a total of a decision."""
    return decided["totals"].get(name)


def periods_told(decided: Decided) -> list[str]:
    """Return the device periods as scenarios write them."""
    return [
        f"{period['from']} to {period['to']} with {period['data_days']}"
        for period in decided["periods"]
    ]


def entry(decided: Decided, *, id_: str) -> Decided:
    """Return what a decision says of an entry; an empty mapping where it says nothing."""
    found: list[Decided] = [told for told in decided["entries"] if told["id"] == id_]
    return found[0] if found else {}


def reasons(decided: Decided, *, id_: str) -> list[str] | None:
    """Return the reasons of an entry."""
    told = entry(decided, id_=id_)
    return sorted(told["reasons"]) if told else None


def amount(decided: Decided, *, id_: str, name: str) -> object:
    """Return an amount of an entry."""
    return entry(decided, id_=id_).get(name)


def forecast(decided: Decided, *, code: str, key: str) -> object:
    """Return what the forecast of a code says at a key."""
    return next((told.get(key) for told in decided["next"] if told["code"] == code), None)


def word(decided: Decided, *, name: str) -> object:
    """Return a word at the top of a decision."""
    return decided.get(name)
