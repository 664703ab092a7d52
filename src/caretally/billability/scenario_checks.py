"""What a scenario expects of a decision, as checks on the decision's JSON.

The checks read what `caretally decide --json` prints and nothing behind it. This module refuses to
compute anything of its own: a check picks a place of the decision and compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from caretally.billability.scenario_lines import Line
from caretally.billability.scenario_text import Moments, length
from caretally.billability.yaml_lines import Row, Text

Decided = Mapping[str, Any]
"""A decision as the contract writes it in JSON."""

CODE = re.compile(r"[A-Z0-9]{5}")
ABSENT = "absent"
TOTALS = (
    "management_seconds", "live_seconds", "ai_seconds", "chat_seconds", "qualifying_contacts",
    "review_seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One expectation.

    what: the place in the decision, in words.
    wanted: what should stand there.
    pick: what stands there.
    relation: `equals`, or for lists `contains` or `lacks`.
    """

    what: str
    wanted: object
    pick: Callable[[Decided], object]
    relation: str = "equals"

    def difference(self, decided: Decided) -> str | None:
        """Return how a decision differs from the expectation, or None where it does not."""
        found = self.pick(decided)
        holds, verb = RELATIONS[self.relation]
        return None if holds(found, self.wanted) else f"{self.what}: {verb} {self.wanted}, {found=}"


def equals(found: object, wanted: object) -> bool:
    """Tell whether both are the same; `True` is not 1 here."""
    return type(found) is type(wanted) and found == wanted


def contains(found: Any, wanted: Any) -> bool:
    """Tell whether all wanted words are among those found."""
    return set(wanted) <= set(found)


def lacks(found: Any, wanted: Any) -> bool:
    """Tell whether none of the wanted words is among those found."""
    return not set(wanted) & set(found)


RELATIONS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "equals": (equals, "expected"),
    "contains": (contains, "expected at least"),
    "lacks": (lacks, "did not expect"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An expectation while it is being read: the key that is next, in its mapping.

    row: the mapping.
    key: the key.
    moments: what its dates mean.
    """

    row: Row
    key: str
    moments: Moments

    def inside(self) -> list[Told]:
        """Return the expectations of the mapping at the key, one a key."""
        row = self.row.row(self.key)
        return [Told(row=row, key=key, moments=self.moments) for key in row.written()]

    def text(self) -> str:
        """Return the text at the key."""
        return self.row.text(self.key)

    def words(self) -> list[str]:
        """Return the list of words at the key, which may be empty."""
        return list(self.row.words(self.key, required=False))

    def day(self, text: str) -> str:
        """Return a date as the contract writes it."""
        try:
            return self.moments.day(text).isoformat()
        except ValueError:
            self.row.refuse(self.key, repr(text), "a date such as 03-31")
            return date.min.isoformat()

    def amount(self) -> int:
        """Return a number, or the seconds of a length such as 4m 59s."""
        try:
            return length(self.text())
        except ValueError:
            self.row.refuse(self.key, repr(self.text()), "a number or a length such as 4m 59s")
            return 0

    def check(
        self, wanted: object, pick: Callable[[Decided], object], relation: str = "equals"
    ) -> Check:
        """Return a check that is named after the place where it is written."""
        return Check(what=self.row.name(self.key), wanted=wanted, pick=pick, relation=relation)


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


def about_code(told: Told) -> Iterator[Check]:
    """`"99457": {billable, units, unmet, at_risk, dates}`; `unmet` names some, the rest all."""
    code = told.key
    for part in told.inside():
        if part.key == "billable":
            billable = part.row.flag(part.key, default=False)
            yield part.check((billable, billable), partial(verdict, code=code))
        elif part.key == "units":
            yield part.check(part.amount(), partial(units, code=code))
        elif part.key == "unmet":
            yield part.check(part.words(), partial(unmet, code=code), "contains")
        elif part.key == "at_risk":
            yield part.check(part.words(), partial(at_risk, code=code))
        elif part.key == "dates":
            wanted = [part.day(text) for text in part.words()]
            yield part.check(wanted, partial(dates, code=code))
        else:
            part.row.refuse(part.key, part.key, "one of billable, units, unmet, at_risk, dates")


def about_lines(told: Told) -> Iterator[Check]:
    """`lines: [99457 03-31, 99458 x3 03-31]`: these and no others, in any order."""
    wanted = []
    for text in told.words():
        code, *count, day = text.split()
        units = count[0].removeprefix("x") if count else "1"
        wanted.append(f"{code} x{units} {told.day(day)}")
    yield told.check(sorted(wanted), lines_told)


def lines_told(decided: Decided) -> list[str]:
    """Return the lines as scenarios write them."""
    return sorted(
        f"{line['code']} x{line['units']} {line['date_of_service']}" for line in decided["lines"]
    )


def about_sister_lines(told: Told) -> Iterator[Check]:
    """`sister_lines: [99490 ccm 03-31, 99439 x2 ccm 03-31]`: these and no others."""
    wanted = []
    for text in told.words():
        code, *count, program, day = text.split()
        units = count[0].removeprefix("x") if count else "1"
        wanted.append(f"{code} x{units} {program} {told.day(day)}")
    yield told.check(sorted(wanted), sister_lines_told)


def sister_lines_told(decided: Decided) -> list[str]:
    """Return the sister lines as scenarios write them."""
    return sorted(
        f"{line['code']} x{line['units']} {line['program']} {line['date_of_service']}"
        for line in decided.get("sister_lines", ())
    )


def about_holds(told: Told) -> Iterator[Check]:
    """`holds: [is_ordered, is_authorized 99457 99458]`: these names, with codes where written."""
    named = [text.split() for text in told.words()]
    yield told.check(sorted(name for name, *_ in named), hold_names)
    for name, *codes in named:
        if codes:
            yield told.check(sorted(codes), partial(held_codes, name=name))


def about_some_holds(told: Told) -> Iterator[Check]:
    """`some_holds: [has_consent]`: these names, perhaps among others."""
    yield told.check(told.words(), hold_names, "contains")


def hold_names(decided: Decided) -> list[str]:
    """Return the names of the holds."""
    return sorted({hold["name"] for hold in decided["holds"]})


def held_codes(decided: Decided, *, name: str) -> list[str]:
    """Return the codes that the holds of a name concern."""
    holds = [hold for hold in decided["holds"] if hold["name"] == name]
    return sorted({code for hold in holds for code in hold.get("codes", ())})


def about_flags(told: Told) -> Iterator[Check]:
    """`flags: [stay_in_month]`: these, perhaps among others; `[]` is none at all."""
    wanted = told.words()
    yield told.check(wanted, flags, "contains" if wanted else "equals")


def about_no_flags(told: Told) -> Iterator[Check]:
    """`no_flags: [stay_in_month]`: none of these."""
    yield told.check(told.words(), flags, "lacks")


def flags(decided: Decided) -> list[str]:
    """Return the flags."""
    return list(decided["flags"])


def about_totals(told: Told) -> Iterator[Check]:
    """`totals: {management_seconds: 20m, qualifying_contacts: 1}`."""
    for part in told.inside():
        if part.key not in TOTALS:
            part.row.refuse(part.key, part.key, "one of " + ", ".join(TOTALS))
        yield part.check(part.amount(), partial(total, name=part.key))


def total(decided: Decided, *, name: str) -> object:
    """Return a total of a decision."""
    return decided["totals"].get(name)


def about_periods(told: Told) -> Iterator[Check]:
    """`periods: [03-01 to 03-30 with 20]`: these and no others."""
    wanted = []
    for text in told.words():
        first, _, last, _, days = text.split()
        wanted.append(f"{told.day(first)} to {told.day(last)} with {days}")
    yield told.check(wanted, periods_told)


def periods_told(decided: Decided) -> list[str]:
    """Return the device periods as scenarios write them."""
    return [
        f"{period['from']} to {period['to']} with {period['data_days']}"
        for period in decided["periods"]
    ]


def about_entries(told: Told) -> Iterator[Check]:
    """`entries: {e1: {counted_seconds: 5m, live_seconds: 0, reasons: [...]}, e2: absent}`."""
    for part in told.inside():
        node = part.row.node(part.key)
        if isinstance(node, Text):
            part.row.one_of(part.key, (ABSENT,))
            yield part.check({}, partial(entry, id_=part.key))
            continue
        for item in part.inside():
            yield from about_entry(item, part.key)


def about_entry(told: Told, id_: str) -> Iterator[Check]:
    """`e1: {counted_seconds: 5m, live_seconds: 0, reasons: [...]}`; reasons are all of them."""
    if told.key == "reasons":
        yield told.check(sorted(told.words()), partial(reasons, id_=id_))
    elif told.key in ("counted_seconds", "live_seconds"):
        yield told.check(told.amount(), partial(amount, id_=id_, name=told.key))
    else:
        told.row.refuse(told.key, told.key, "one of counted_seconds, live_seconds, reasons")


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


def about_next(told: Told) -> Iterator[Check]:
    """`next: {"99458": {missing: {management_seconds: 1110}, by: 03-31}}`."""
    for code in told.inside():
        for part in code.inside():
            pick = partial(forecast, code=code.key, key=part.key)
            if part.key == "missing":
                yield part.check({fact.key: fact.amount() for fact in part.inside()}, pick)
            elif part.key == "by":
                yield part.check(part.day(part.text()), pick)
            elif part.key == "unreachable":
                yield part.check(part.row.flag(part.key, default=True), pick)
            else:
                part.row.refuse(part.key, part.key, "one of missing, by, unreachable")


def forecast(decided: Decided, *, code: str, key: str) -> object:
    """Return what the forecast of a code says at a key."""
    return next((told.get(key) for told in decided["next"] if told["code"] == code), None)


def about_word(told: Told) -> Iterator[Check]:
    """`payer: none`, `policy: cms_combined`, `time_zone: America/Chicago`."""
    wanted = told.text()
    yield told.check(None if wanted == "none" else wanted, partial(word, name=told.key))


def word(decided: Decided, *, name: str) -> object:
    """Return a word at the top of a decision."""
    return decided.get(name)


READERS: dict[str, Callable[[Told], Iterator[Check]]] = {
    "lines": about_lines,
    "sister_lines": about_sister_lines,
    "holds": about_holds,
    "some_holds": about_some_holds,
    "flags": about_flags,
    "no_flags": about_no_flags,
    "totals": about_totals,
    "periods": about_periods,
    "entries": about_entries,
    "next": about_next,
    "payer": about_word,
    "policy": about_word,
    "time_zone": about_word,
}


def checks(row: Row, moments: Moments) -> tuple[Check, ...]:
    """Read the expectations about one patient; what is malformed is noted."""
    found: list[Check] = []
    for key in row.written():
        told = Told(row=row, key=key, moments=moments)
        reader = about_code if CODE.fullmatch(key) else READERS.get(key)
        try:
            found += reader(told) if reader else ()
        except ValueError:
            row.refuse(key, "a list of another shape", str(getattr(reader, "__doc__", "")))
    return tuple(found)
