"""Concerns: what calls for a person and is not answered yet, one line for each kind of finding.

The worklist and the page of a conversation show them. They are the findings of `judging`, grouped;
nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caretally.triage.judging import Finding, rounded
from caretally.triage.rules import AVERAGE, EMERGENT, MISSING, RISE, VALUE, Rule

CRISIS_RANGE, OUT_OF_RANGE, SILENT, PATTERN = "crisis", "out_of_range", "silent", "pattern"
SEVERITIES = (CRISIS_RANGE, OUT_OF_RANGE, SILENT, PATTERN)
"""The most urgent first."""
NAMES = {VALUE: "value_outside", RISE: "rose_fast", AVERAGE: "average_outside"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that calls for a person.

    name: what kind. metric: LOINC code; empty where it is about no vital sign. entries: ids of the
    readings. is_starting_point: whether nobody signed the rule. rule: the one that found it.
    """

    name: str
    severity: str
    says: str
    rule: Rule
    metric: str = ""
    entries: tuple[str, ...] = ()

    @property
    def is_starting_point(self) -> bool:
        """Whether it rests on a rule that nobody signed."""
        return self.rule.is_starting_point


def families(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return findings by what alerts join by, the most urgent family first, each by time."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.family, []).append(finding)
    ordered = [sorted(each, key=lambda one: (str(one.at), one.anchor)) for each in found.values()]
    return sorted(ordered, key=lambda each: (min(one.urgency for one in each), each[0].family))


def concerns(findings: Iterable[Finding]) -> tuple[Concern, ...]:
    """Return what calls for a person, the most urgent first."""
    found = [concern_of(each) for each in families(one for one in findings if one.calls)]
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))


def concern_of(findings: Sequence[Finding]) -> Concern:
    """Return the concern of a family of findings, by time."""
    chief = chief_of(findings)
    return Concern(
        name=name_of(chief.rule), severity=severity_of(chief), says=summary(findings),
        rule=chief.rule, metric=chief.rule.metric,
        entries=tuple(dict.fromkeys(name for each in findings for name in each.readings)),
    )  # fmt: skip


def chief_of(findings: Sequence[Finding]) -> Finding:
    """Return the finding that speaks for others: the latest of the most urgent."""
    least = min(each.urgency for each in findings)
    return [each for each in findings if each.urgency == least][-1]


def name_of(rule: Rule) -> str:
    """Return what kind of concern a rule makes."""
    if rule.test == MISSING:
        return "measures_less" if rule.least_count else "device_is_dark"
    return "value_in_crisis" if rule.is_crisis else NAMES[rule.test]


def severity_of(finding: Finding) -> str:
    """Return how a finding ranks on the worklist."""
    if finding.rule.test == MISSING:
        return PATTERN if finding.rule.least_count else SILENT
    return CRISIS_RANGE if finding.level == EMERGENT else OUT_OF_RANGE


def summary(findings: Sequence[Finding], count: int = 0) -> str:
    """Return what findings of a family say: the chief one, how many there are, and the worst.

    count: how many readings there are, where more are known of than these findings.
    """
    chief = chief_of(findings)
    many = max(count, len(findings))
    if many < 2:
        return chief.says
    worst = max(
        (each for each in findings if each.rule.metric == chief.rule.metric),
        key=lambda each: (-each.urgency, each.excess, str(each.at)),
    )
    shown = f", the worst {rounded(worst.value)}" if worst.value is not None else ""
    return f"{chief.says}; {many} readings{shown}"
