"""Rules of triage: what readings are held against, for whom, how urgent, and who signed.

The nearest rule holds: the patient's own before one of a condition, of a program, of the practice;
of two conditions the longer beginning of a code. Rules equally near hold together. What a
practitioner signed holds before any starting point. The crisis range holds beside everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from caretally.codes import MONITORING_PROGRAMS, RULE_SCOPES
from caretally.journal.entries import AlertRuleSet, Disenrolled, Enrolled, Entry, ThresholdSet
from caretally.journal.quantities import DIASTOLIC, PRESSURE, SYSTOLIC, UNITS
from caretally.journal.stretches import stretch_at, stretches
from caretally.triage.vitals import BY_CODE

VALUE, RISE, AVERAGE, MISSING = "value", "rise", "average", "missing"
EMERGENT, URGENT, ROUTINE, TECHNICAL = "emergent", "urgent", "routine", "technical"
OF_PATIENT, OF_CONDITION = "patient", "condition"
CRISIS = "crisis_"
"""How the rules of the crisis range begin; nobody changes them."""
MEASURED_TOGETHER = {SYSTOLIC: PRESSURE, DIASTOLIC: PRESSURE}
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule. Numbers are in the unit of the vital sign; a bound itself is inside.

    rule: its id. metric: LOINC code; empty of readings that are missing. given: the numbers as they
    were signed, in words. cites: keys of sources; none where somebody signed. set_by, entry, at:
    who signed, where and when. title: what to call it.
    """

    rule: str
    test: str
    metric: str = ""
    scope: str = "practice"
    program: str = ""
    condition: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    rise: Decimal | None = None
    days: int = 0
    least_count: int = 0
    level: str = URGENT
    answer_minutes: int | None = None
    is_active: bool = True
    given: str = ""
    title: str = ""
    cites: tuple[str, ...] = ()
    set_by: str = ""
    entry: str = ""
    at: datetime | None = None

    @property
    def is_starting_point(self) -> bool:
        """Whether nobody signed it."""
        return not self.entry

    @property
    def is_crisis(self) -> bool:
        """Whether it is of the crisis range."""
        return self.rule.startswith(CRISIS)

    @property
    def key(self) -> Key:
        """What another version of the same rule, of any scope, has in common with it."""
        return self.rule, self.test, self.metric

    @property
    def family(self) -> tuple[str, str]:
        """What alerts join by: values of what is measured together, rises, averages, absences."""
        if self.test == MISSING:
            return MISSING, self.rule
        return self.test, MEASURED_TOGETHER.get(self.metric, self.metric)

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it was signed for; a later version for the same place replaces it."""
        return self.scope, self.program, self.condition

    @property
    def nearness(self) -> tuple[int, int]:
        """How near to the patient it is; the greatest holds."""
        return RULE_SCOPES.index(self.scope), len(undotted(self.condition))

    @property
    def whose(self) -> str:
        """Whose rule it is, in words."""
        if self.is_crisis:
            return "crisis range"
        return f"signed by {self.set_by}" if self.entry else "starting point"

    def side(self, amount: Decimal) -> str:
        """Return on which side of which bound a number lies; nothing inside."""
        if self.low is not None and amount < self.low:
            return f"below {shortened(self.low)}"
        if self.high is not None and amount > self.high:
            return f"above {shortened(self.high)}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """What decides which rules are a patient's: open programs and their diagnoses, without dots."""

    programs: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()

    def has(self, rule: Rule) -> bool:
        """Tell whether a rule is meant for the patient."""
        if rule.scope == "program":
            return rule.program in self.programs
        if rule.scope == OF_CONDITION:
            return any(each.startswith(undotted(rule.condition)) for each in self.diagnoses)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A rule that is meant for a patient, and whether it is the one that holds."""

    rule: Rule
    holds: bool


def undotted(code: str) -> str:
    """Return a code of ICD-10-CM, or the beginning of one, without its dot."""
    return code.replace(".", "").upper()


def shortened(number: Decimal) -> str:
    """Return a number for reading: two digits after the point at most, no zeros at its end.

    Example:
        >>> shortened(Decimal("160")), shortened(Decimal("37.50"))
        ('160', '37.5')
    """
    text = f"{number:.2f}" if int(number.as_tuple().exponent) < -2 else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def whom_of(in_force: Iterable[Entry], patient: str, at: datetime) -> Whom:
    """Return in which programs a patient is at an instant, and with which diagnoses."""
    opened: dict[str, list[Entry]] = {}
    closed: dict[str, list[Entry]] = {}
    for entry in in_force:
        body = entry.body
        if entry.patient != patient:
            continue
        if isinstance(body, Enrolled):
            opened.setdefault(body.program, []).append(entry)
        elif isinstance(body, Disenrolled):
            closed.setdefault(body.program, []).append(entry)
    found: dict[str, tuple[str, ...]] = {}
    for program, entries in opened.items():
        open_now = stretch_at(stretches(entries, closed.get(program, [])), at)
        latest = open_now.latest_at(at).body if open_now is not None else None
        if isinstance(latest, Enrolled):
            found[program] = latest.diagnoses
    codes = (undotted(code) for each in found.values() for code in each)
    return Whom(programs=tuple(sorted(found)), diagnoses=tuple(dict.fromkeys(codes)))


def is_watched(whom: Whom) -> bool:
    """Tell whether anybody undertook to watch the patient's readings."""
    return any(program in MONITORING_PROGRAMS for program in whom.programs)


def signed_rule(entry: Entry) -> Rule | None:
    """Return the rule that an entry signs; None where its unit or scope makes no sense."""
    body = entry.body
    if isinstance(body, ThresholdSet):
        return threshold_rule(entry, body)
    if not isinstance(body, AlertRuleSet):
        return None
    if (body.scope == OF_PATIENT) != (entry.patient is not None):
        return None
    vital = BY_CODE.get(body.metric or "")
    numbers = [body.low, body.high, body.rise]
    if vital is None and (body.metric or body.test != MISSING):
        return None
    if vital is not None and body.test != MISSING:
        numbers = [None if n is None else vital.amount(n, body.unit or vital.unit) for n in numbers]
        if any(
            n is None and given is not None
            for n, given in zip(numbers, (body.low, body.high, body.rise), strict=True)
        ):
            return None  # fmt: skip
    low, high, rise = numbers
    return Rule(
        rule=body.rule, test=body.test, metric=vital.loinc if vital else "", scope=body.scope,
        program=body.program or "", condition=body.condition or "", low=low, high=high, rise=rise,
        days=body.days or 0, least_count=body.least_count or 0, level=body.level,
        answer_minutes=body.answer_minutes, is_active=body.active, given=given_words(body),
        set_by=body.set_by, entry=entry.id, at=entry.at,
    )  # fmt: skip


def threshold_rule(entry: Entry, body: ThresholdSet) -> Rule | None:
    """Return the rule of values that a patient's own threshold is."""
    vital = BY_CODE.get(body.metric)
    if vital is None or body.unit not in vital.units:
        return None
    low, high = (
        None if value is None else vital.amount(value, body.unit) for value in (body.low, body.high)
    )
    return Rule(
        rule=VALUE_RULES[vital.loinc], test=VALUE, metric=vital.loinc, scope=OF_PATIENT, low=low,
        high=high, level=URGENT, is_active=not (low is None and high is None),
        set_by=body.set_by, entry=entry.id, at=entry.at,
    )  # fmt: skip


VALUE_RULES: Mapping[str, str] = {
    loinc: BY_CODE[loinc].words.replace(" ", "_") for loinc in {v.loinc for v in BY_CODE.values()}
}
"""The rule of values of each vital sign: the one that `threshold_set` sets for a patient."""


def given_words(body: AlertRuleSet) -> str:
    """Return how fast something may rise as it was signed, such as `3 lb in a day`."""
    if body.test != RISE or body.rise is None:
        return ""
    unit = UNITS.get(body.unit or "")
    return rise_words(body.rise, unit.says if unit else body.unit or "", body.days or 1)


def rise_words(amount: Decimal, unit: str, days: int) -> str:
    """Return how fast something may rise, in words.

    Example:
        >>> rise_words(Decimal(3), "lb", 1), rise_words(Decimal(5), "lb", 7)
        ('3 lb in a day', '5 lb in a week')
    """
    span = {1: "a day", 7: "a week"}.get(days, f"{days} days")
    return f"{shortened(amount)} {unit} in {span}"


def latest_versions(rules: Iterable[Rule]) -> list[Rule]:
    """Return the latest version of each rule for each place."""
    found: dict[tuple[Key, tuple[str, str, str]], Rule] = {}
    for rule in sorted(rules, key=lambda each: (str(each.at), each.entry)):
        found[rule.key, rule.place] = rule
    return list(found.values())


def signed_rules(in_force: Iterable[Entry], patient: str, at: datetime) -> list[Rule]:
    """Return what was signed by an instant for everybody or for a patient, as it is now."""
    made = (
        signed_rule(entry)
        for entry in in_force
        if isinstance(entry.body, AlertRuleSet | ThresholdSet)
        and entry.patient in (None, patient)
        and entry.at <= at
    )
    return latest_versions(rule for rule in made if rule is not None and not rule.is_crisis)


def held(whom: Whom, signed: Sequence[Rule], starts: Sequence[Rule]) -> tuple[Held, ...]:
    """Return every rule that is meant for a patient, with whether it is the one that holds."""
    by_key: dict[Key, list[Rule]] = {}
    for rule in (*signed, *starts):
        if whom.has(rule):
            by_key.setdefault(rule.key, []).append(rule)
    found: list[Held] = []
    for rules in by_key.values():
        chosen = [each for each in rules if each.entry] or rules
        nearest = max(each.nearness for each in chosen)
        found += [
            Held(rule=each, holds=each in chosen and each.nearness == nearest) for each in rules
        ]
    return tuple(found)
