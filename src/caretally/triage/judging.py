"""Holds readings against rules: the one judge of what in a patient's readings calls for a person.

Alerts, the worklist, the page of a conversation and the trial run of a rule all ask here. A finding
is no diagnosis: it says what was measured and beside what it was held. What was measured again and
better is told all the same, one level less urgent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from caretally.codes import ALERT_LEVELS
from caretally.triage.readings import Measurement
from caretally.triage.rules import AVERAGE, EMERGENT, MISSING, RISE, ROUTINE, URGENT, VALUE, Rule

MILDER = {EMERGENT: URGENT, URGENT: ROUTINE}
"""How urgent a value is that was measured again and better."""
LEAST_OF_AVERAGE = 3
"""The fewest values of an average, where a rule names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known of a patient when readings are judged.

    day: today, local. measured: by LOINC code, by time. days: the local dates with any reading.
    last_reading: id of the latest reading. equipped_on: since when the patient holds a device; None
    without one. answered_at: when somebody last talked with the patient, or told a practitioner.
    answered_on: its local date. value_days: for how long an unanswered value calls for somebody.
    """

    day: date
    measured: Mapping[str, Sequence[Measurement]]
    days: frozenset[date]
    rules: tuple[Rule, ...]
    last_reading: str = ""
    equipped_on: date | None = None
    answered_at: datetime | None = None
    answered_on: date | None = None
    value_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A reading, or the absence of one, that a rule finds.

    anchor: id of the reading that it is about; of the last one where readings are missing. beside:
    ids of others it was held against. at: when it was measured; None of an absence. calls: whether
    it is recent and nobody answered it yet. excess: by how much it passes, in the metric's unit.
    """

    rule: Rule
    level: str
    says: str
    anchor: str
    beside: tuple[str, ...] = ()
    at: datetime | None = None
    calls: bool = True
    excess: Decimal = Decimal(0)
    value: Decimal | None = None

    @property
    def family(self) -> tuple[str, str]:
        """What alerts join by."""
        return self.rule.family

    @property
    def urgency(self) -> int:
        """The position of its level; 0 is the most urgent."""
        return ALERT_LEVELS.index(self.level)

    @property
    def readings(self) -> tuple[str, ...]:
        """The ids of the readings it rests on."""
        return tuple(filter(None, dict.fromkeys((*self.beside, self.anchor))))


def judge(watch: Watch) -> tuple[Finding, ...]:
    """Return all findings, by urgency, then by time: one a reading and family, the most urgent.

    What a reading measured together, such as both pressures, is told in one finding.
    """
    by_reading: dict[tuple[tuple[str, str], str], list[Finding]] = {}
    for finding in findings(watch):
        by_reading.setdefault((finding.family, finding.anchor), []).append(finding)
    found = (together(sorted(each, key=weight)) for each in by_reading.values())
    return tuple(sorted(found, key=lambda each: (each.urgency, str(each.at), each.anchor)))


def together(found: Sequence[Finding]) -> Finding:
    """Return the first of a reading's findings, with what the others say of other metrics."""
    first = found[0]
    others = {each.rule.metric: each.says for each in reversed(found[1:])}
    others.pop(first.rule.metric, None)
    return replace(first, says="; ".join((first.says, *others.values()))) if others else first


def weight(finding: Finding) -> tuple[object, ...]:
    """Return by what the findings of one reading are compared; the least is told."""
    rule = finding.rule
    return (
        finding.urgency, not finding.calls, not rule.is_crisis, rule.days, rule.is_starting_point,
        rule.metric, rule.rule, -finding.excess, rule.condition, rule.program,
    )  # fmt: skip


def findings(watch: Watch) -> Iterator[Finding]:
    """Yield what each rule finds."""
    for rule in watch.rules:
        values = watch.measured.get(rule.metric, ())
        if rule.test == VALUE:
            yield from values_outside(watch, rule, values)
        elif rule.test == RISE:
            yield from rises(watch, rule, values)
        elif rule.test == AVERAGE:
            yield from averages(watch, rule, values)
        elif rule.test == MISSING:
            yield from absences(watch, rule)


def calls(watch: Watch, value: Measurement) -> bool:
    """Tell whether a value is recent, and nobody answered it since it was measured and known."""
    if not watch.day - timedelta(days=watch.value_days) <= value.day <= watch.day:
        return False
    return watch.answered_at is None or value.known_at > watch.answered_at


def values_outside(watch: Watch, rule: Rule, values: Sequence[Measurement]) -> Iterator[Finding]:
    """Yield the values outside of a rule's bounds."""
    better: Measurement | None = None
    for value in reversed(values):
        side = rule.side(value.amount)
        if not side:
            better = better or value
            continue
        says = f"{told(value)}, {side}"
        yield Finding(
            rule=rule,
            level=MILDER.get(rule.level, rule.level) if better is not None else rule.level,
            says=f"{says}; then {rounded(better.amount)} {day_words(better.day)}"
            if better is not None
            else says,
            anchor=value.entry, at=value.at, calls=calls(watch, value),
            excess=excess_of(rule, value.amount), value=value.amount,
        )  # fmt: skip


def excess_of(rule: Rule, amount: Decimal) -> Decimal:
    """Return by how much a number passes a bound."""
    if rule.low is not None and amount < rule.low:
        return rule.low - amount
    return amount - rule.high if rule.high is not None else Decimal(0)


def rises(watch: Watch, rule: Rule, values: Sequence[Measurement]) -> Iterator[Finding]:
    """Yield the values that lie by more than the rule's rise above the lowest of the days before.

    The amount itself is inside.
    """
    if rule.rise is None:
        return
    for value in values:
        first = value.day - timedelta(days=rule.days)
        before = [each for each in values if first <= each.day < value.day]
        lowest = min(before, key=lambda each: (each.amount, each.at, each.entry), default=value)
        gained = value.amount - lowest.amount
        if gained > rule.rise:
            since = day_words(lowest.day).removeprefix("on ")
            yield Finding(
                rule=rule, level=rule.level,
                says=f"{told(value)}, {gained:.1f} {value.vital.says} above "
                f"{since}; more than {rule.given}",
                anchor=value.entry, beside=(lowest.entry,), at=value.at,
                calls=calls(watch, value), excess=gained - rule.rise, value=value.amount,
            )  # fmt: skip


def averages(watch: Watch, rule: Rule, values: Sequence[Measurement]) -> Iterator[Finding]:
    """Yield the values with which an average of so many days lies outside of its bounds.

    Sums are compared with bounds times counts, so that nothing is rounded.
    """
    start, total = 0, Decimal(0)
    for place, value in enumerate(values):
        total += value.amount
        while values[start].day <= value.day - timedelta(days=rule.days):
            total -= values[start].amount
            start += 1
        count = place + 1 - start
        is_low = rule.low is not None and total < rule.low * count
        is_high = rule.high is not None and total > rule.high * count
        if count >= (rule.least_count or LEAST_OF_AVERAGE) and (is_low or is_high):
            beside = dict.fromkeys(each.entry for each in values[start:place])
            yield average_finding(watch, rule, value, (total / count, tuple(beside)))


def average_finding(
    watch: Watch, rule: Rule, value: Measurement, average: tuple[Decimal, tuple[str, ...]]
) -> Finding:
    """Return the finding of an average up to a value.

    average: the number, and the ids of the other readings in it.
    """
    mean, beside = average
    says = (
        f"{value.vital.words}, average of {rule.days} days {rounded(mean)} {value.vital.says} "
        f"{day_words(value.day)}, {rule.side(mean)}"
    )
    return Finding(
        rule=rule, level=rule.level, says=says, anchor=value.entry, beside=beside, at=value.at,
        calls=calls(watch, value), excess=excess_of(rule, mean), value=mean,
    )  # fmt: skip


def absences(watch: Watch, rule: Rule) -> Iterator[Finding]:
    """Yield that nothing was measured for as long as a rule bears, or less than before.

    Who never measured what a rule names, and who holds no device, owes nothing.
    """
    values = watch.measured.get(rule.metric, ())
    if watch.equipped_on is None or (rule.metric and not values):
        return
    days = frozenset(each.day for each in values) if rule.metric else watch.days
    found = fewer_days if rule.least_count else silence
    says = found(watch, rule, frozenset(day for day in days if day <= watch.day))
    if says:
        last = values[-1].entry if rule.metric else watch.last_reading
        yield Finding(rule=rule, level=rule.level, says=says, anchor=last)


def silence(watch: Watch, rule: Rule, days: frozenset[date]) -> str:
    """Return since when nothing was measured, in words; nothing while a rule bears it."""
    assert watch.equipped_on is not None
    last = max(days, default=None)
    since = max(filter(None, (last or watch.equipped_on, watch.answered_on)))
    if (watch.day - since).days < rule.days:
        return ""
    what = f"no {watch.measured[rule.metric][-1].vital.words}" if rule.metric else "no reading"
    if last is None:
        return f"{what} yet; a device is with the patient since {watch.equipped_on}"
    return f"{what} for {(watch.day - last).days} days; the last was {day_words(last)}"


def fewer_days(watch: Watch, rule: Rule, days: frozenset[date]) -> str:
    """Return that somebody measures on fewer days than before, in words; nothing where not so.

    Nothing is said where the silence is told anyway, nor within such days of a conversation.
    """
    quiet = [each.days for each in watch.rules if each.test == MISSING and not each.least_count]
    last = max(days, default=watch.equipped_on or watch.day)
    since = max(filter(None, (last, watch.answered_on)))
    if quiet and (watch.day - since).days >= min(quiet):
        return ""
    span = rule.days
    now, before = (counted(days, watch.day - timedelta(days=back), span) for back in (1, 1 + span))
    talked = watch.answered_on is not None and (watch.day - watch.answered_on).days <= span
    if not now < rule.least_count <= before or talked:
        return ""
    before_words = "in the week before" if span == 7 else f"in the {span} days before"
    return f"measured on {now} of the last {span} days, on {before} {before_words}"


def counted(days: frozenset[date], last: date, span: int) -> int:
    """Return on how many of so many dates there are readings, ending on one."""
    return sum(last - timedelta(days=n) in days for n in range(span))


def told(value: Measurement) -> str:
    """Return a value in words."""
    return f"{value.vital.words} {rounded(value.amount)} {value.vital.says} {day_words(value.day)}"


def rounded(amount: Decimal) -> str:
    """Return a number with one digit after the point, or none where it is whole.

    However many digits there are: what somebody sends must stop nobody's alerts.
    """
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.1f}"


def day_words(day: date) -> str:
    """Return a date in words, such as `on Mar 4`."""
    return f"on {day:%b} {day.day}"
