"""What a scenario expects of a decision, as checks on the decision's JSON.

The checks read what `caretally decide --json` prints and nothing behind it. This module refuses to
compute anything of its own: a check picks a place of the decision and compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from caretally.billability import scenario_places as places
from caretally.billability.scenario_places import Decided
from caretally.billability.scenario_text import Moments, length
from caretally.yaml_lines import Row, Text

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


def about_code(told: Told) -> Iterator[Check]:
    """`"99457": {billable, units, unmet, at_risk, dates}`; `unmet` names some, the rest all."""
    code = told.key
    for part in told.inside():
        if part.key == "billable":
            billable = part.row.flag(part.key, default=False)
            yield part.check((billable, billable), partial(places.verdict, code=code))
        elif part.key == "units":
            yield part.check(part.amount(), partial(places.units, code=code))
        elif part.key == "unmet":
            yield part.check(part.words(), partial(places.unmet, code=code), "contains")
        elif part.key == "at_risk":
            yield part.check(part.words(), partial(places.at_risk, code=code))
        elif part.key == "dates":
            wanted = [part.day(text) for text in part.words()]
            yield part.check(wanted, partial(places.dates, code=code))
        else:
            part.row.refuse(part.key, part.key, "one of billable, units, unmet, at_risk, dates")


def about_lines(told: Told) -> Iterator[Check]:
    """`lines: [99457 03-31, 99458 x3 03-31]`: these and no others, in any order."""
    wanted = []
    for text in told.words():
        code, *count, day = text.split()
        units = count[0].removeprefix("x") if count else "1"
        wanted.append(f"{code} x{units} {told.day(day)}")
    yield told.check(sorted(wanted), places.lines_told)


def about_sister_lines(told: Told) -> Iterator[Check]:
    """`sister_lines: [99490 ccm 03-31, 99439 x2 ccm 03-31]`: these and no others."""
    wanted = []
    for text in told.words():
        code, *count, program, day = text.split()
        units = count[0].removeprefix("x") if count else "1"
        wanted.append(f"{code} x{units} {program} {told.day(day)}")
    yield told.check(sorted(wanted), places.sister_lines_told)


def about_holds(told: Told) -> Iterator[Check]:
    """`holds: [is_ordered, is_authorized 99457 99458]`: these names, with codes where written."""
    named = [text.split() for text in told.words()]
    yield told.check(sorted(name for name, *_ in named), places.hold_names)
    for name, *codes in named:
        check = told.check(sorted(codes), partial(places.held_codes, name=name))
        yield from [replace(check, what=f"{check.what}.{name}")] if codes else []


def about_some_holds(told: Told) -> Iterator[Check]:
    """`some_holds: [has_consent]`: these names, perhaps among others."""
    yield told.check(told.words(), places.hold_names, "contains")


def about_flags(told: Told) -> Iterator[Check]:
    """`flags: [stay_in_month]`: these, perhaps among others; `[]` is none at all."""
    wanted = told.words()
    yield told.check(wanted, places.flags, "contains" if wanted else "equals")


def about_no_flags(told: Told) -> Iterator[Check]:
    """`no_flags: [stay_in_month]`: none of these."""
    yield told.check(told.words(), places.flags, "lacks")


def about_totals(told: Told) -> Iterator[Check]:
    """`totals: {management_seconds: 20m, qualifying_contacts: 1}`."""
    for part in told.inside():
        if part.key not in TOTALS:
            part.row.refuse(part.key, part.key, "one of " + ", ".join(TOTALS))
        yield part.check(part.amount(), partial(places.total, name=part.key))


def about_periods(told: Told) -> Iterator[Check]:
    """`periods: [03-01 to 03-30 with 20]`: these and no others."""
    wanted = []
    for text in told.words():
        first, _, last, _, days = text.split()
        wanted.append(f"{told.day(first)} to {told.day(last)} with {days}")
    yield told.check(wanted, places.periods_told)


def about_entries(told: Told) -> Iterator[Check]:
    """`entries: {e1: {counted_seconds: 5m, live_seconds: 0, reasons: [...]}, e2: absent}`."""
    for part in told.inside():
        node = part.row.node(part.key)
        if isinstance(node, Text):
            part.row.one_of(part.key, (ABSENT,))
            yield part.check({}, partial(places.entry, id_=part.key))
            continue
        for item in part.inside():
            yield from about_entry(item, part.key)


def about_entry(told: Told, id_: str) -> Iterator[Check]:
    """`e1: {counted_seconds: 5m, live_seconds: 0, reasons: [...]}`; reasons are all of them."""
    if told.key == "reasons":
        yield told.check(sorted(told.words()), partial(places.reasons, id_=id_))
    elif told.key in ("counted_seconds", "live_seconds"):
        yield told.check(told.amount(), partial(places.amount, id_=id_, name=told.key))
    else:
        told.row.refuse(told.key, told.key, "one of counted_seconds, live_seconds, reasons")


def about_next(told: Told) -> Iterator[Check]:
    """`next: {"99458": {missing: {management_seconds: 1110}, by: 03-31}}`."""
    for code in told.inside():
        for part in code.inside():
            pick = partial(places.forecast, code=code.key, key=part.key)
            if part.key == "missing":
                yield part.check({fact.key: fact.amount() for fact in part.inside()}, pick)
            elif part.key == "by":
                yield part.check(part.day(part.text()), pick)
            elif part.key == "unreachable":
                yield part.check(part.row.flag(part.key, default=True), pick)
            else:
                part.row.refuse(part.key, part.key, "one of missing, by, unreachable")


def about_word(told: Told) -> Iterator[Check]:
    """`payer: none`, `policy: cms_combined`, `time_zone: America/Chicago`."""
    wanted = told.text()
    yield told.check(None if wanted == "none" else wanted, partial(places.word, name=told.key))


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
