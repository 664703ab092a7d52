"""A sheet made ready for one date of service and one payer: criteria with their amounts filled in.

A plan exists for every reading of the contested rules, so that a decision can say what the
strictest one would give. Plans are the same object wherever date and payer make no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from caretally.billability.comparisons import Outcome
from caretally.billability.criteria import CRITERIA
from caretally.billability.sheets import (
    Parameter,
    PayerSheet,
    Requirement,
    Rulebook,
    Sheet,
    Version,
)
from caretally.billability.slots import Slot
from caretally.billability.units import UNITS
from caretally.clock import date_of
from caretally.codes import PAYERS, POLICIES, SETUP_READING
from caretally.patient_months.facts import Whole

RELATIONS = frozenset({"is_billable", "is_not_bundled", "is_preferred_to"})
"""Criteria whose answer depends on what else stands under the same reading."""
OF_THE_CODE = RELATIONS | {"is_authorized"}
"""Criteria whose answer depends on the code that asks."""
BLOCKING = frozenset({"blocks", "holds"})
"""Effects under which a line falls."""
DEFAULT_PAYER = "medicare_ffs"
"""Whose sheet resolves amounts where no known payer is in force; the line is held anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One requirement with its amounts: what is asked, and what follows where it is unmet."""

    name: str
    check: Callable[..., Outcome]
    arguments: Mapping[str, Any]
    effect: str
    flag: str | None
    cites: tuple[str, ...]
    any_of: tuple[Step, ...] = ()
    key: int = -1
    """The same for steps that get the same answer on a slot whatever the code; -1 for others."""
    ask: Callable[[Slot], Outcome] = field(init=False, repr=False, compare=False)
    """Asks the criterion about a slot, with its amounts."""

    def __post_init__(self) -> None:
        plain = partial(self.check, **self.arguments) if self.arguments else self.check
        object.__setattr__(self, "ask", self.any_holds if self.any_of else plain)

    @property
    def blocks(self) -> bool:
        """Whether a line falls where this is unmet."""
        return self.effect in BLOCKING

    def any_holds(self, slot: Slot) -> Outcome:
        """Ask the alternatives about a slot: the first speaks, and any may hold."""
        outcomes = [step.ask(slot) for step in self.any_of]
        holds = outcomes[0].holds
        for outcome in outcomes[1:]:
            holds = holds | outcome.holds
        return outcomes[0]._replace(holds=holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps of a code on a date under one reading, and how to count its units."""

    code: str
    reading: str
    steps: tuple[Step, ...]
    count: Callable[..., Whole]
    count_arguments: Mapping[str, Any]

    def units(self, slot: Slot) -> Whole:
        """Return the units the slot supports, its criteria left aside."""
        return self.count(slot, **self.count_arguments)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plans:
    """The plans of a code for a date and payer: the policy's own, and the other readings'.

    varying: positions of blocking steps that may answer otherwise under another reading.
    fixed: positions of the other blocking steps.
    """

    sheet: Sheet
    version: Version
    policy: str
    own: Plan
    others: Mapping[str, Plan]
    varying: tuple[int, ...]
    fixed: tuple[int, ...]
    soft_cap: int | None


@dataclass(slots=True, kw_only=True)
class Planner:
    """Makes plans from a rulebook, each once; `policy` overrides the payers' counting policies."""

    rulebook: Rulebook
    policy: str | None = None
    rules_on: date | None = None
    """Rules of another date for every date of service; None for each date's own."""
    _made: dict[tuple[str, int, int], Plans | None] = field(default_factory=dict)
    _kept: dict[object, Plans] = field(default_factory=dict)
    _keys: dict[object, int] = field(default_factory=dict)

    def payer_sheet(self, payer: int) -> PayerSheet | None:
        """Return the sheet of a payer's position, or None for no or an unknown payer."""
        known = 0 <= payer < len(PAYERS)
        return self.rulebook.payers.get(PAYERS[payer]) if known else None

    def ruling_day(self, day: date) -> date:
        """Return the date whose rules decide a date of service."""
        return self.rules_on or day

    def policy_on(self, day: date, payer: int) -> str:
        """Return the counting policy for a payer on a date of service."""
        if self.policy is not None:
            return self.policy
        sheet = self.payer_sheet(payer) or self.rulebook.payers[DEFAULT_PAYER]
        dated = sheet.policy_on(self.ruling_day(day))
        return str(dated.value) if dated else POLICIES[0]

    def plans(self, code: str, day: int, payer: int) -> Plans | None:
        """Return the plans of a code for a date of service, or None where it is not valid."""
        key = (code, day, payer)
        if key not in self._made:
            self._made[key] = self._make(self.rulebook.sheets[code], date_of(day), payer)
        return self._made[key]

    def _make(self, sheet: Sheet, day: date, payer: int) -> Plans | None:
        version = sheet.version_on(self.ruling_day(day))
        if version is None:
            return None
        policy = self.policy_on(day, payer)
        amounts = _Amounts(sheet, self.ruling_day(day), self.payer_sheet(payer))
        own = self._plan(sheet, version, amounts, policy, reading=policy)
        readings = [*(each for each in POLICIES if each != policy), SETUP_READING]
        others = {
            reading: self._plan(sheet, version, amounts, policy, reading=reading)
            for reading in readings
        }
        signature = (
            sheet.code,
            version.from_on,
            policy,
            *(_shape(p) for p in (own, *others.values())),
        )
        if signature not in self._kept:
            varying = _varying(own, others)
            cap = sheet.units_arguments.get("soft_cap")
            self._kept[signature] = Plans(
                sheet=sheet, version=version, policy=policy, own=own, others=others,
                varying=tuple(p for p in varying if own.steps[p].blocks),
                fixed=tuple(
                    p for p, s in enumerate(own.steps) if s.blocks and p not in varying
                ),
                soft_cap=amounts.value(cap, policy, policy) if cap else None,
            )  # fmt: skip
        return self._kept[signature]

    def _plan(
        self, sheet: Sheet, version: Version, amounts: _Amounts, policy: str, *, reading: str
    ) -> Plan:
        def arguments(names: Mapping[str, str | tuple[str, ...]]) -> dict[str, Any]:
            return {
                name: amounts.argument(word, policy, reading)
                for name, word in names.items()
                if name != "soft_cap"
            }

        def step(requirement: Requirement) -> Step:
            made = Step(
                name=requirement.name, check=CRITERIA[requirement.name],
                arguments=arguments(requirement.arguments), effect=requirement.effect,
                flag=requirement.flag, cites=requirement.cites,
                any_of=tuple(step(each) for each in requirement.any_of),
            )  # fmt: skip
            if requirement.name in OF_THE_CODE:
                return made
            return replace(made, key=self._keys.setdefault(_asks(made), len(self._keys)))

        return Plan(
            code=sheet.code, reading=reading,
            steps=tuple(step(each) for each in version.requirements),
            count=UNITS[sheet.units], count_arguments=arguments(sheet.units_arguments),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Amounts:
    """The amounts of a sheet on a day, as a payer has them."""

    sheet: Sheet
    day: date
    payer: PayerSheet | None

    def argument(self, word: str | tuple[str, ...], policy: str, reading: str) -> Any:
        """Return what an argument stands for: an amount, kinds of time, codes, or a word itself."""
        if isinstance(word, tuple) or word not in self.sheet.parameters:
            return word
        return self.value(word, policy, reading)

    def value(self, name: str, policy: str, reading: str) -> Any:
        """Return an amount under a reading; readings that do not concern it change nothing."""
        parameter: Parameter = self.sheet.parameters[name]
        chosen = policy if reading == SETUP_READING else reading
        if chosen in parameter.readings:
            return parameter.readings[chosen]
        override = self.payer.override_on(name, self.day) if self.payer else None
        dated = override or parameter.on(self.day)
        if dated is None:
            return 0
        return dated.readings.get(reading, dated.words or dated.value)


def _asks(step: Step) -> object:
    """Return what a step asks, amounts included."""
    return step.name, tuple(sorted(step.arguments.items())), tuple(_asks(s) for s in step.any_of)


def _shape(plan: Plan) -> object:
    """Return what tells plans apart that have the same code and version."""
    return tuple(map(_asks, plan.steps)), tuple(sorted(plan.count_arguments.items()))


def _varying(own: Plan, others: Mapping[str, Plan]) -> tuple[int, ...]:
    """Return the positions of steps whose amounts or relations differ between readings."""
    return tuple(
        position
        for position, step in enumerate(own.steps)
        if step.name in RELATIONS
        or any(
            other.steps[position].arguments != step.arguments
            or other.steps[position].any_of != step.any_of
            for other in others.values()
        )
    )
