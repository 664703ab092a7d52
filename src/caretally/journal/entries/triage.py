"""What readings are held against, the alerts that come of it, and who is called for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import (
    AlertLevel,
    AlertOutcome,
    AlertTest,
    Channel,
    Days,
    FreeText,
    FromInstant,
    Id,
    Label,
    Minutes,
    OwnId,
    OwnLabel,
    PrivateNumber,
    Program,
    RuleScope,
    ToInstant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSet(Body):
    """A practitioner set between which values a patient's vital sign calls for nobody.

    metric: LOINC code.
    low: readings below it are a concern; absent, none is too low.
    high: readings above it are a concern; absent, none is too high.
    unit: UCUM unit of both.
    set_by: staff id of the practitioner.
    """

    kind: ClassVar[str] = "threshold_set"
    metric: Label
    low: PrivateNumber | None = None
    high: PrivateNumber | None = None
    unit: Label
    set_by: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRuleSet(Body):
    """A practitioner signed a rule of triage, or another version of one.

    The nearest scope holds: patient before condition before program before practice.

    rule: its id; a later entry of the same rule and scope replaces the earlier.
    scope: whom it holds for.
    program: with scope program, which.
    condition: with scope condition, the beginning of an ICD-10-CM code.
    test: what is held against what.
    metric: LOINC code; absent where readings are missing.
    low: values below it are a concern.
    high: values above it are a concern.
    rise: with test rise, more than this within `days` is a concern.
    days: within how many days; of an average, over how many.
    least_count: with test average, the fewest values it is made of; where readings are missing, the
      fewest days with one.
    unit: UCUM unit of the numbers.
    level: how urgent.
    answer_minutes: within how many minutes somebody must have acknowledged.
    active: whether it holds; a rule that was switched off stays on record.
    set_by: staff id of the practitioner who signed.
    """

    kind: ClassVar[str] = "alert_rule_set"
    about: ClassVar[About] = "either"
    rule: Id
    scope: RuleScope
    program: Program | None = None
    condition: Label | None = None
    test: AlertTest
    metric: Label | None = None
    low: PrivateNumber | None = None
    high: PrivateNumber | None = None
    rise: PrivateNumber | None = None
    days: Days | None = None
    least_count: Days | None = None
    unit: Label | None = None
    level: AlertLevel
    answer_minutes: Minutes | None = None
    active: bool = True
    set_by: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Body):
    """A patient's readings, or their absence, call for a person.

    alert: its id; the same readings under the same rule have the same.
    rule: the rule that fired, or the built-in one.
    level: how urgent.
    metric: LOINC code of the vital sign.
    says: what was found, in words.
    readings: ids of the entries it rests on.
    signed_rule: id of the entry that set the rule; absent where it is a starting point.
    answer_by: until when somebody must have acknowledged.
    owner: staff id of who answers for it.
    """

    kind: ClassVar[str] = "alert_raised"
    alert: OwnId
    rule: Label
    level: AlertLevel
    metric: Label | None = None
    says: FreeText
    readings: tuple[OwnLabel, ...] = ()
    signed_rule: OwnLabel | None = None
    answer_by: datetime | None = None
    owner: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertJoined(Body):
    """Further readings say what an alert says already, and call for nobody else.

    alert: its id.
    says: what the alert says from now on, in words.
    readings: ids of the entries that joined.
    """

    kind: ClassVar[str] = "alert_joined"
    alert: OwnId
    says: FreeText
    readings: tuple[OwnLabel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAssigned(Body):
    """An alert was given to somebody to answer.

    alert: its id.
    owner: staff id of who answers for it from now on.
    by: staff id of who gave it.
    """

    kind: ClassVar[str] = "alert_assigned"
    alert: OwnId
    owner: Id
    by: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged(Body):
    """Somebody took an alert on.

    alert: its id.
    by: staff id.
    """

    kind: ClassVar[str] = "alert_acknowledged"
    alert: OwnId
    by: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEscalated(Body):
    """Nobody acknowledged an alert in time, or it was told to the first in line.

    alert: its id.
    step: how far up the ladder, from 0.
    told: staff ids of who was told.
    """

    kind: ClassVar[str] = "alert_escalated"
    alert: OwnId
    step: Minutes
    told: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClosed(Body):
    """An alert was answered, or what it rested on does not hold any more.

    alert: its id.
    outcome: what came of it.
    by: staff id; absent where the program closed it, since its readings were withdrawn or came.
    note: what was done, in words.
    contact: id of the entry of the conversation, where there was one.
    """

    kind: ClassVar[str] = "alert_closed"
    alert: OwnId
    outcome: AlertOutcome
    by: Id | None = None
    note: FreeText | None = None
    contact: OwnLabel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """One step of a ladder.

    after_minutes: so long after the alert without an acknowledgement.
    to: who is told.
    staff: with `staff`, the staff id.
    channels: how.
    """

    after_minutes: Minutes
    to: Label
    staff: Id | None = None
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationLadderSet(Body):
    """Who is told of alerts, and who next when nobody answers.

    level: of which alerts.
    practice: of which clinic; absent, of all.
    steps: by time.
    set_by: staff id of who signed.
    """

    kind: ClassVar[str] = "escalation_ladder_set"
    about: ClassVar[About] = "practice"
    level: AlertLevel
    practice: Id | None = None
    steps: tuple[EscalationStep, ...]
    set_by: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallScheduled(Body):
    """Somebody is on call.

    staff: staff id.
    from_at: from when.
    to_at: until when, exclusive.
    practice: for which clinic; absent, for all.
    rank: 1 is called first.
    """

    kind: ClassVar[str] = "on_call_scheduled"
    about: ClassVar[About] = "practice"
    staff: Id
    from_at: FromInstant
    to_at: ToInstant
    practice: Id | None = None
    rank: Days = 1
