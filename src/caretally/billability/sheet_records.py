"""What a loaded rulebook is: frozen records, every value dated and cited.

Nothing here reads a file or decides; `sheets.load_rulebook` builds these and the criteria ask them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

Rule = tuple[object, ...]
Rules = tuple[Rule, ...]
SETTING_CRITERIA = frozenset({"is_outside_g0511", "may_use_g0511"})
"""Criteria that concern only practices of one setting; other practices see no change of rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A published text a value or requirement rests on."""

    key: str
    title: str
    publisher: str
    locator: str
    url: str
    read_on: date
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A value in force for dates of service from a day on.

    `value` is an integer (seconds, days, units, years, 0/1, or a day number for dates) or a
    policy's name; a list of words is held joined by spaces, and as `words`.
    """

    from_on: date
    value: int | str
    cites: tuple[str, ...]
    readings: Mapping[str, int]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named amount of a rule, with its history.

    `readings` says what the value is under each contested reading that differs for all dates: an
    amount, or the kinds of time a policy counts. A reading of one dated value stands in `Dated`.
    """

    name: str
    unit: str
    status: str
    page: str | None
    values: tuple[Dated, ...]
    readings: Mapping[str, tuple[str, ...] | int]

    def on(self, day: date) -> Dated | None:
        """Return the value in force on a date of service, or None before the first."""
        return value_on(self.values, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One condition of a code: a criterion's name, its arguments, and what follows if unmet."""

    name: str
    arguments: Mapping[str, str | tuple[str, ...]]
    effect: str
    flag: str | None
    cites: tuple[str, ...]
    any_of: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """All requirements of a code for dates of service from one day to another, both included."""

    from_on: date
    to_on: date | None
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mue:
    """How many units of a code Medicare's edits take on one date of service.

    `mai` is the adjudication indicator: 2 absolute, 3 may be appealed.
    """

    units: int
    mai: int
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A cited fact that is shown but decides nothing."""

    says: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything the rulebook says about one code."""

    code: str
    program: str
    judged: str
    decided: bool
    advisory: bool
    summary: str
    reviewed_on: date
    ends_on: date | None
    mue: Mue | None
    parameters: Mapping[str, Parameter]
    requires: tuple[Version, ...]
    units: str
    units_arguments: Mapping[str, str]
    file: str
    notes: tuple[Note, ...] = ()
    pages: tuple[str, ...] = ()

    def version_on(self, day: date) -> Version | None:
        """Return the requirements for a date of service, or None when the code was not valid."""
        for version in reversed(self.requires):
            if version.from_on <= day:
                return None if version.to_on is not None and day > version.to_on else version
        return None

    def change_dates(self) -> tuple[date, ...]:
        """Return all dates at which a parameter or the requirements change, ascending."""
        return tuple(sorted({*self.version_changes(rules_of), *self.value_changes()}))

    def straddle_dates(self) -> tuple[date, ...]:
        """Return the dates that change the rules for every practice, whatever its setting."""
        return tuple(sorted({*self.version_changes(rules_everywhere), *self.value_changes()}))

    def version_changes(self, rules: Callable[[Version], Rules]) -> tuple[date, ...]:
        """Return the first dates of versions that ask for something else than the one before."""
        before = (None, *map(rules, self.requires))
        return tuple(
            v.from_on for v, old in zip(self.requires, before, strict=False) if rules(v) != old
        )

    def value_changes(self) -> tuple[date, ...]:
        """Return the dates within the code's life at which a parameter gets another value."""
        return tuple(
            new.from_on
            for parameter in self.parameters.values()
            for old, new in pairwise(parameter.values)
            if (old.value, old.readings) != (new.value, new.readings)
            and new.from_on > self.requires[0].from_on
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A limit a payer put, announced or postponed on what it covers."""

    id: str
    status: str
    from_on: date
    to_on: date | None
    allowed_diagnoses: tuple[str, ...]
    flag: str | None
    says: str
    cites: tuple[str, ...]

    def is_open_on(self, day: date) -> bool:
        """Tell whether the restriction's dates, not its status, cover a date of service."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerSheet:
    """What one payer does otherwise than Medicare's sheets say."""

    payer: str
    summary: str
    reviewed_on: date
    decides: bool
    default_policy: tuple[Dated, ...]
    overrides: Mapping[str, tuple[Dated, ...]]
    restrictions: tuple[Restriction, ...]
    notes: tuple[Note, ...]
    file: str

    def policy_on(self, day: date) -> Dated | None:
        """Return the counting policy the payer is read by on a date of service."""
        return value_on(self.default_policy, day)

    def override_on(self, parameter: str, day: date) -> Dated | None:
        """Return the payer's own value of a parameter on a date of service, if it has one."""
        return value_on(self.overrides.get(parameter, ()), day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Medicare's unit and pair edits as of one quarter.

    `pairs` maps (column 1, column 2) to 0, never together on a date, or 1, with a modifier.
    """

    as_of: date
    mue: Mapping[str, Mue]
    pairs: Mapping[tuple[str, str], int]
    cites: tuple[str, ...]

    def indicator(self, code: str, other: str) -> int | None:
        """Return the stricter indicator of a pair in either order, or None where it has none."""
        found = (self.pairs.get((code, other)), self.pairs.get((other, code)))
        return min((indicator for indicator in found if indicator is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """A whole rulebook; `sheets` stand in an order in which each finds its relations decided."""

    sheets: Mapping[str, Sheet]
    payers: Mapping[str, PayerSheet]
    counting: Mapping[str, Parameter]
    sources: Mapping[str, Source]
    edits: Edits
    digest: str
    loaded_from: date
    loaded_to: date

    def is_loaded_on(self, day: date) -> bool:
        """Tell whether rules for a date of service are loaded at all."""
        return self.loaded_from <= day <= self.loaded_to

    def criteria(self) -> frozenset[str]:
        """Return the names of all criteria the sheets use."""
        return frozenset(
            single.name
            for sheet in self.sheets.values()
            for version in sheet.requires
            for requirement in version.requirements
            for single in requirement.any_of or (requirement,)
        )


def value_on(values: tuple[Dated, ...], day: date) -> Dated | None:
    """Return the last of ascending values that began by a day."""
    for dated in reversed(values):
        if dated.from_on <= day:
            return dated
    return None


def rule(requirement: Requirement) -> Rule:
    """Return what a requirement asks for, without its citations."""
    return (
        requirement.name,
        tuple(sorted(requirement.arguments.items())),
        requirement.effect,
        requirement.flag,
        tuple(map(rule, requirement.any_of)),
    )


def rules_of(version: Version) -> Rules:
    """Return what a version asks for, without citations."""
    return tuple(map(rule, version.requirements))


def rules_everywhere(version: Version) -> Rules:
    """Return what a version asks of practices of every setting, without citations."""
    return tuple(rule(r) for r in version.requirements if r.name not in SETTING_CRITERIA)
