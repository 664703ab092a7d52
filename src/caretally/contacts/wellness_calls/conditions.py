"""When a red flag holds: comparisons of answers, of a device's trend, and words that were heard.

A condition is data that was checked when the protocol was read; nothing here is computed from text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from caretally.contacts.wellness_calls.slots import Value

ABOVE, AT_LEAST, BELOW, AT_MOST = "above", "at_least", "below", "at_most"
COMPARISONS = (ABOVE, AT_LEAST, BELOW, AT_MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value of a device that the call may speak of.

    hours_before: the call. reading: id of its entry.
    """

    value: Decimal
    hours_before: int
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known at an instant of a call.

    answers: by question. heard: symptoms anybody's ear caught. devices: newest first. baselines:
    the patient's usual value by device. limits: by parameter, the patient's own before the pack's.
    """

    answers: Mapping[str, Value]
    heard: frozenset[str]
    devices: Mapping[str, tuple[Measured, ...]]
    baselines: Mapping[str, Decimal]
    limits: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a number is compared with: a parameter by name."""

    how: str
    parameter: str

    def holds(self, value: Decimal, known: Known) -> bool:
        """Compare a number."""
        limit = known.limits[self.parameter]
        return {
            ABOVE: value > limit, AT_LEAST: value >= limit,
            BELOW: value < limit, AT_MOST: value <= limit,
        }[self.how]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerIs:
    """A question was answered with a word, or with a symptom among others."""

    question: str
    answer: str

    def holds(self, known: Known) -> bool:
        """Tell whether it was."""
        value = known.answers.get(self.question)
        return self.answer in value if isinstance(value, frozenset) else value == self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCompares:
    """A number that was answered lies beyond a limit.

    part: which of an answer's numbers, from 0.
    """

    question: str
    part: int
    limit: Limit

    def holds(self, known: Known) -> bool:
        """Tell whether it does."""
        value = known.answers.get(self.question)
        return isinstance(value, tuple) and self.limit.holds(value[self.part], known)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCompares:
    """The newest value of a device lies beyond a limit."""

    device: str
    limit: Limit

    def holds(self, known: Known) -> bool:
        """Tell whether it does."""
        values = known.devices.get(self.device, ())
        return bool(values) and self.limit.holds(values[0].value, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRises:
    """The newest value lies beyond a limit above the lowest of the days before it."""

    device: str
    days: int
    limit: Limit

    def holds(self, known: Known) -> bool:
        """Tell whether it does."""
        values = known.devices.get(self.device, ())
        earliest = values[0].hours_before + 24 * self.days if values else 0
        before = [each.value for each in values[1:] if each.hours_before <= earliest]
        return bool(before) and self.limit.holds(values[0].value - min(before), known)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLeavesBaseline:
    """The newest value lies beyond a limit under the patient's usual one."""

    device: str
    limit: Limit

    def holds(self, known: Known) -> bool:
        """Tell whether it does."""
        values, usual = known.devices.get(self.device, ()), known.baselines.get(self.device)
        return (
            bool(values) and usual is not None and self.limit.holds(usual - values[0].value, known)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A symptom was heard in any utterance, by any ear."""

    symptom: str

    def holds(self, known: Known) -> bool:
        """Tell whether it was."""
        return self.symptom in known.heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """All of its conditions hold, or any of them.

    every: all are needed.
    """

    every: bool
    of: tuple[Condition, ...]

    def holds(self, known: Known) -> bool:
        """Tell whether they do."""
        return (all if self.every else any)(each.holds(known) for each in self.of)


Single: TypeAlias = (
    AnswerIs | AnswerCompares | DeviceCompares | DeviceRises | DeviceLeavesBaseline | Heard
)
Condition: TypeAlias = Single | Together


def singles(condition: Condition) -> Iterator[Single]:
    """Yield every single condition within one."""
    if isinstance(condition, Together):
        for each in condition.of:
            yield from singles(each)
    else:
        yield condition


def sufficient(condition: Condition) -> Iterator[Single]:
    """Yield the single conditions each of which is enough."""
    if not isinstance(condition, Together):
        yield condition
    elif not condition.every:
        for each in condition.of:
            yield from sufficient(each)
