"""How a month is closed: what was decided, who signed it, and what changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import (
    BillingCode,
    Count,
    Digest,
    FreeText,
    Id,
    Label,
    Month,
    OwnId,
    OwnLabel,
    Proposal,
    SigningWay,
    TimeZone,
    Units,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLine:
    """A line of a decision.

    code: the billing code.
    units: how many.
    date_of_service: the local date.
    at_risk: the readings of the rules under which it would fall or shrink.
    """

    code: BillingCode
    units: Units
    date_of_service: date
    at_risk: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(Body):
    """What was decided on a patient's month when it was closed; it is never changed.

    decision: its id, made from patient, month, payer and digests.
    month: the calendar month.
    payer: who pays; absent where nobody is on record.
    policy: the counting policy.
    time_zone: in which days and months were counted.
    rulebook: digest of the rules.
    facts: digest of the facts the rules were held against, with seconds, lines and holds.
    entries: root over the entries the facts were made from (RFC 6962, in the order of their ids).
    entry_count: how many those are.
    known_until: entries recorded later were not known.
    lines: what may be billed.
    holds: names of the unmet criteria that hold lines back.
    flags: what a reviewer should look at.
    management_seconds: of the decided program.
    live_seconds: of the decided program.
    ai_seconds: kept apart.
    chat_seconds: kept apart.
    qualifying_contacts: live, two-way and clinical.
    billing_provider: staff id of the practitioner in whose name it is billed, as enrolled.
    replaces: the decision on the same month that it stands in for.
    """

    kind: ClassVar[str] = "decision_made"
    decision: OwnId
    month: Month
    payer: Label | None = None
    policy: Label
    time_zone: TimeZone
    rulebook: Digest
    facts: Digest
    entries: Digest
    entry_count: Count
    known_until: datetime
    lines: tuple[DecidedLine, ...] = ()
    holds: tuple[Label, ...] = ()
    flags: tuple[Label, ...] = ()
    management_seconds: Count = 0
    live_seconds: Count = 0
    ai_seconds: Count = 0
    chat_seconds: Count = 0
    qualifying_contacts: Count = 0
    billing_provider: Id | None = None
    replaces: OwnId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldLine:
    """A line that the signer does not want billed; nobody can add one.

    code: the billing code.
    date_of_service: the local date.
    why: the signer's reason.
    """

    code: BillingCode
    date_of_service: date
    why: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSigned(Body):
    """A practitioner stands for a decision.

    decision: its id.
    month: the calendar month.
    signed_by: staff id.
    way: one by one, or many that nothing speaks against.
    logged_own_time: whether the signer logged time that it counts, so that nobody else looked.
    withheld: lines the signer does not want billed.
    statement: version of the text that was signed.
    """

    kind: ClassVar[str] = "decision_signed"
    decision: OwnId
    month: Month
    signed_by: Id
    way: SigningWay = "single"
    logged_own_time: bool = False
    withheld: tuple[WithheldLine, ...] = ()
    statement: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReturned(Body):
    """A practitioner does not sign a decision as it is.

    decision: its id.
    month: the calendar month.
    returned_by: staff id.
    why: what must be cleared up.
    """

    kind: ClassVar[str] = "decision_returned"
    decision: OwnId
    month: Month
    returned_by: Id
    why: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSuperseded(Body):
    """What was written after the close makes another decision; the first stays as it was.

    decision: the id of the one that no longer stands.
    by: the id of the one that does.
    month: the calendar month.
    proposes: what to do about a claim.
    because: ids of the entries that were not known before; the first hundred.
    """

    kind: ClassVar[str] = "decision_superseded"
    decision: OwnId
    by: OwnId
    month: Month
    proposes: Proposal
    because: tuple[OwnLabel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthClosed(Body):
    """A practice closed a month; what comes later shows as a difference.

    month: the calendar month.
    decisions: how many patients were decided.
    lines: how many lines may be billed.
    held: how many decisions have a hold.
    rulebook: digest of the rules.
    facts: root over the facts of all decisions, in the order of patients.
    entries: root over the entries of all decisions, in the order of patients.
    known_until: entries recorded later were not known.
    closed_by: who closed it.
    accepted: names of the checks before the close that somebody let pass, with the reason in the
      envelope.
    """

    kind: ClassVar[str] = "month_closed"
    about: ClassVar[About] = "practice"
    month: Month
    decisions: Count
    lines: Count
    held: Count
    rulebook: Digest
    facts: Digest
    entries: Digest
    known_until: datetime
    closed_by: Label
    accepted: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketIssued(Body):
    """An audit packet of a patient's month was made.

    month: the calendar month.
    decision: the decision it explains; absent where the month was not closed.
    packet: digest of the file.
    entries: root over the entries it carries.
    to: who asked for it.
    why: for what.
    """

    kind: ClassVar[str] = "packet_issued"
    month: Month
    decision: OwnId | None = None
    packet: Digest
    entries: Digest
    to: FreeText
    why: FreeText
