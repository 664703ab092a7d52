"""From findings to alerts: what is raised, what joins an alert, and what closes by itself.

Storms are held back without losing anything: a reading that says what an alert says already joins
it, and a patient has no more than so many alerts a day; what comes beyond is gathered in one. An
alert is known by its rule and readings, so that judging twice raises once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from caretally.journal.entries import AlertClosed, AlertJoined, AlertRaised, Body, Entry
from caretally.triage.alerts import Alert
from caretally.triage.concerns import chief_of, families, summary
from caretally.triage.judging import Finding
from caretally.triage.rules import MISSING, Rule, signed_rule
from caretally.triage.starting_points import CRISIS_RULES, STARTING_POINTS

MANY = "many_alerts"
"""The rule under which is gathered what comes beyond the alerts of a day."""
Family = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restraint:
    """How storms are held back.

    rearm: after closing, how long readings of the same kind join the closed alert, unless a normal
    value lay between. most_a_day: alerts of a patient on a local day.
    """

    rearm: timedelta = timedelta(hours=4)
    most_a_day: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What alerts are raised from.

    findings: all that judging found, answered ones among them. calm: by family, when a value lay
    inside of all rules. rules: those that hold. in_force: ids of the patient's readings looked at.
    last_reading_at: when the patient measured last. families_of: by rule id, of rules of any time.
    answer_by: from a rule to the instant by which somebody must have acknowledged.
    today: the alerts raised on the patient's local day.
    """

    patient: str
    now: datetime
    findings: Sequence[Finding]
    alerts: Mapping[str, Alert]
    families_of: Mapping[str, Family]
    in_force: frozenset[str]
    looked_back_to: datetime
    answer_by: Callable[[Rule, str], datetime | None]
    calm: Mapping[Family, Sequence[datetime]] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    last_reading_at: datetime | None = None
    today: int = 0
    restraint: Restraint = field(default_factory=Restraint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An entry to append. mark: what its id is made from."""

    mark: tuple[str, ...]
    body: Body


def steps(scene: Scene) -> list[Step]:
    """Return what is to be appended, the most urgent first."""
    found: list[Step] = []
    raised = scene.today
    overflow: list[Finding] = []
    for family in families(scene.findings):
        for step in steps_of(scene, family):
            is_new = isinstance(step.body, AlertRaised)
            if is_new and raised >= scene.restraint.most_a_day:
                fresh = set(getattr(step.body, "readings", ()))
                overflow += [each for each in family if {*each.readings} & fresh]
                continue
            raised += is_new
            found.append(step)
    return [*found, *gathered(scene, overflow), *closings(scene)]


def steps_of(scene: Scene, family: Sequence[Finding]) -> list[Step]:
    """Return what findings of one family come to: nothing, what joins, or a new alert."""
    mine = [each for each in scene.alerts.values() if family_of(scene, each) == family[0].family]
    many = [each for each in scene.alerts.values() if each.rule == MANY]
    fresh = [each for each in family if each.calls and not is_told(each, (*mine, *many))]
    if not fresh:
        return []
    urgency = min(each.urgency for each in fresh)
    open_now = [each for each in mine if each.is_open and each.urgency <= urgency]
    if open_now:
        return [joining(open_now[-1], family, fresh)]
    found: list[Step] = []
    answered: dict[str, list[Finding]] = {}
    rest: list[Finding] = []
    for finding in fresh:
        closed = closed_before(scene, mine, finding)
        if closed is None:
            rest.append(finding)
        elif finding.at is not None:
            answered.setdefault(closed.alert, []).append(finding)
    found += [joining(scene.alerts[name], family, each) for name, each in answered.items()]
    return [*found, raising(scene, mine, rest)] if rest else found


def families_of(in_force: Iterable[Entry]) -> dict[str, Family]:
    """Return what alerts join by, by rule id, of every rule that is or was in force."""
    rules = [*STARTING_POINTS, *CRISIS_RULES]
    rules += filter(None, (signed_rule(entry) for entry in in_force))
    return {rule.rule: rule.family for rule in rules}


def untold(
    findings: Iterable[Finding], alerts: Iterable[Alert], families_by_rule: Mapping[str, Family]
) -> list[Finding]:
    """Return the findings that call for somebody and that no alert is about."""
    by_family: dict[Family, list[Alert]] = {}
    many = []
    for alert in alerts:
        family = families_by_rule.get(alert.rule, (alert.rule, alert.metric))
        by_family.setdefault(family, []).append(alert)
        many += [alert] if alert.rule == MANY else []
    return [
        each for each in findings
        if each.calls and not is_told(each, (*by_family.get(each.family, ()), *many))
    ]  # fmt: skip


def is_told(finding: Finding, alerts: Iterable[Alert]) -> bool:
    """Tell whether an alert at least as urgent is about a reading already.

    An absence is told while its alert is open, and again only once it was closed.
    """
    if finding.rule.test == MISSING:
        return any(each.is_open and each.urgency <= finding.urgency for each in alerts)
    return any(
        finding.anchor in each.readings and each.urgency <= finding.urgency for each in alerts
    )


def closed_before(scene: Scene, alerts: Iterable[Alert], finding: Finding) -> Alert | None:
    """Return the closed alert that a finding still belongs to; None where it is to be told anew."""
    closed = [
        each for each in alerts
        if each.closed_at is not None and each.urgency <= finding.urgency
        and each.closed_by
    ]  # fmt: skip
    if not closed:
        return None
    last = max(closed, key=lambda each: (each.closed_at, each.alert))
    assert last.closed_at is not None
    if finding.at is None:
        waited = timedelta(days=finding.rule.days)
        return last if scene.now < last.closed_at + waited else None
    if finding.at <= last.closed_at:
        return last
    calm = scene.calm.get(finding.family, ())
    is_armed = any(last.closed_at < each < finding.at for each in calm)
    return None if is_armed or finding.at >= last.closed_at + scene.restraint.rearm else last


def joining(alert: Alert, family: Sequence[Finding], fresh: Sequence[Finding]) -> Step:
    """Return that findings join an alert, and what it says from now on."""
    new = tuple(dict.fromkeys(each.anchor for each in fresh))
    whole = {*alert.readings, *new}
    members = [each for each in family if each.anchor in whole]
    says = sentence(members, len({*(each.anchor for each in members), *new}))
    return Step(mark=("joined", alert.alert, *new),
                body=AlertJoined(alert=alert.alert, says=says, readings=new))  # fmt: skip


def raising(scene: Scene, known: Sequence[Alert], fresh: Sequence[Finding]) -> Step:
    """Return a new alert of findings of one family."""
    chief = chief_of(fresh)
    readings = tuple(dict.fromkeys(name for each in fresh for name in each.readings))
    name = alert_id(scene, chief, readings)
    body = AlertRaised(
        alert=name, rule=chief.rule.rule, level=chief.level, metric=chief.rule.metric or None,
        says=sentence(fresh, len(fresh)), readings=readings,
        signed_rule=chief.rule.entry or None, answer_by=scene.answer_by(chief.rule, chief.level),
    )  # fmt: skip
    return Step(mark=("raised", name), body=body)


def sentence(findings: Sequence[Finding], count: int) -> str:
    """Return what an alert says: what was measured, beside what it was held, and whose rule."""
    says = summary(findings, count)
    return f"{says[:1].upper()}{says[1:]} ({chief_of(findings).rule.whose})"


def alert_id(scene: Scene, chief: Finding, readings: Sequence[str]) -> str:
    """Return the id of an alert: made from rule, level and readings; one that is taken is not.

    The same absence can be told again after its alert was closed.
    """
    for number in range(len(scene.alerts) + 1):
        parts = (scene.patient, chief.rule.rule, chief.level, *sorted(readings), str(number))
        name = f"alr_{digest(parts)}"
        if name not in scene.alerts:
            return name
    raise AssertionError("more alerts than there are")


def digest(parts: Iterable[str]) -> str:
    """Return what stands for words in an id."""
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def gathered(scene: Scene, overflow: Sequence[Finding]) -> list[Step]:
    """Return the alert in which is gathered what comes beyond the alerts of a day."""
    if not overflow:
        return []
    chief = min(overflow, key=lambda each: each.urgency)
    readings = tuple(dict.fromkeys(name for each in overflow for name in each.readings))
    many = f"more than {scene.restraint.most_a_day} alerts in a day: {len(overflow)} further "
    says = f"{many}findings, among them {chief.says}"
    says = f"{says[:1].upper()}{says[1:]}"
    open_now = [
        each for each in scene.alerts.values()
        if each.rule == MANY and each.is_open and each.urgency <= chief.urgency
    ]  # fmt: skip
    if open_now:
        new = tuple(name for name in readings if name not in open_now[-1].readings)
        if not new:
            return []
        body: Body = AlertJoined(alert=open_now[-1].alert, says=says, readings=new)
        return [Step(mark=("joined", open_now[-1].alert, *new), body=body)]
    name = f"alr_{digest((scene.patient, MANY, chief.level, *sorted(readings)))}"
    body = AlertRaised(
        alert=name, rule=MANY, level=chief.level, says=says, readings=readings,
        answer_by=scene.answer_by(chief.rule, chief.level),
    )  # fmt: skip
    return [Step(mark=("raised", name), body=body)]


def family_of(scene: Scene, alert: Alert) -> Family:
    """Return what findings join an alert."""
    return scene.families_of.get(alert.rule, (alert.rule, alert.metric))


def closings(scene: Scene) -> list[Step]:
    """Return the alerts that close by themselves: withdrawn readings, readings that came again."""
    found = []
    for alert in scene.alerts.values():
        outcome, note = ("", "")
        if alert.is_open:
            outcome, note = resumed(scene, alert) or withdrawn(scene, alert)
        if outcome:
            body = AlertClosed(alert=alert.alert, outcome=outcome, note=note)
            found.append(Step(mark=("closed", alert.alert, outcome), body=body))
    return found


def resumed(scene: Scene, alert: Alert) -> tuple[str, str] | None:
    """Return outcome and note where readings were missing and came."""
    family = family_of(scene, alert)
    if family[0] != MISSING:
        return None
    is_so_still = any(each.family == family for each in scene.findings)
    came = scene.last_reading_at is not None and scene.last_reading_at > alert.raised_at
    return ("measured_again", "readings came again") if came and not is_so_still else ("", "")


def withdrawn(scene: Scene, alert: Alert) -> tuple[str, str]:
    """Return outcome and note where nothing an alert rests on holds any more; empty otherwise.

    Readings may have been corrected or voided, or what they were compared with. That a rule was
    changed since takes no alert away, and neither does time.
    """
    if not alert.readings or any(
        each.anchor in alert.readings and (alert.rule == MANY or each.family == family_of(
            scene, alert)) for each in scene.findings
    ):  # fmt: skip
        return "", ""
    gone = not any(name in scene.in_force for name in alert.readings)
    same_rule = any(
        each.rule == alert.rule and each.entry == alert.signed_rule for each in scene.rules
    )
    if alert.raised_at < scene.looked_back_to or not (gone or same_rule):
        return "", ""
    return "wrong_reading", "the readings it rests on were withdrawn or corrected"
