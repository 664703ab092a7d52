"""Calls by an automated voice: whom they reach, what must be signed first, and what became of them.

A conversation itself is a `contact_held` of mode `ai_telephone`; here stands what it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import (
    Count,
    Digest,
    FreeText,
    FromDate,
    GivenBy,
    Id,
    Label,
    LocalTime,
    Minutes,
    OptionalToDate,
    OwnId,
    OwnLabel,
    Program,
    VendorPart,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephoneGiven(Body):
    """Under which number the patient, or a caregiver, is called; a later entry replaces it.

    number: with country code, such as +13125550142; empty, nobody is called any more.
    whose: who answers there.
    from_time: not called before this local time; absent, as the practice calls.
    to_time: not called from this local time on.
    language: of the calls, such as en or es.
    """

    kind: ClassVar[str] = "telephone_given"
    number: FreeText
    whose: GivenBy
    from_time: LocalTime | None = None
    to_time: LocalTime | None = None
    language: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolSigned(Body):
    """A clinician signed a protocol of wellness calls, or took the signature back.

    protocol: its name.
    version: its version.
    digest: of its text, with the part that every call shares.
    signed_by: staff id of the clinician.
    active: whether calls may follow it from now on.
    """

    kind: ClassVar[str] = "protocol_signed"
    about: ClassVar[About] = "practice"
    protocol: Label
    version: Label
    digest: Digest
    signed_by: Id
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAgreed(Body):
    """An agreement with a business associate that hears, speaks, carries or keeps calls.

    vendor: its name; `local` is this machine itself.
    part: what it does.
    document: where the agreement is filed.
    from_on: first local date.
    to_on: last local date; open where absent.
    """

    kind: ClassVar[str] = "vendor_agreed"
    about: ClassVar[About] = "practice"
    vendor: Label
    part: VendorPart
    document: Label
    from_on: FromDate
    to_on: OptionalToDate = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingRulesSet(Body):
    """When and how often patients may be called by an automated voice; later rules replace earlier.

    version: names the rules in answers of the gate.
    from_time: no call before this time of the patient's zone.
    to_time: none from this time on.
    most_a_day: calls to one patient on a local day.
    most_a_week: calls to one patient within seven local days.
    least_minutes: between two calls to one patient.
    records_audio: whether sound is kept where the patient agrees.
    counsel_states: states in which no call is made until counsel agreed, such as CA.
    set_by: staff id of who set them.
    """

    kind: ClassVar[str] = "calling_rules_set"
    about: ClassVar[About] = "practice"
    version: Label
    from_time: LocalTime
    to_time: LocalTime
    most_a_day: Count
    most_a_week: Count
    least_minutes: Minutes
    records_audio: bool = False
    counsel_states: tuple[Label, ...] = ()
    set_by: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswer:
    """What one check before dialing said.

    check: its name.
    met: whether it allows the call.
    found: what it found; ids, dates and states, no number.
    """

    check: Label
    met: bool
    found: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChecked(Body):
    """Whether a call by an automated voice was allowed, and why; written before anybody is dialed.

    call: its id.
    program: the program it is for.
    protocol: name of the protocol.
    allowed: whether all checks were met.
    checks: every check with its answer.
    rules: version of the calling rules.
    """

    kind: ClassVar[str] = "call_checked"
    call: OwnId
    program: Program
    protocol: Label
    allowed: bool
    checks: tuple[GateAnswer, ...]
    rules: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """An answer that counts.

    question: its name in the protocol.
    value: what was accepted.
    how: what made it certain.
    heard: what each recognizer wrote, or the keys.
    at: when.
    """

    question: Label
    value: FreeText
    how: Label
    heard: tuple[FreeText, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEscalation:
    """A red flag or a failure that went to a person.

    flag: its name.
    severity: emergent, urgent or routine.
    alert: id of the alert.
    detected_at: when it was understood.
    written_at: when the alert was stored.
    paged_at: when the first person was called.
    acknowledged_at: when a person took it on.
    bridged_at: when a person was on the line.
    staff: staff id of that person.
    """

    flag: Label
    severity: Label
    alert: OwnLabel
    detected_at: datetime
    written_at: datetime
    paged_at: datetime | None = None
    acknowledged_at: datetime | None = None
    bridged_at: datetime | None = None
    staff: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One test of whether a call was two-way.

    name: of the test.
    asked: the threshold of the policy.
    found: what the call had.
    met: whether it is enough.
    """

    name: Label
    asked: Label
    found: Label
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecorded(Body):
    """What became of a call by an automated voice, with what an auditor needs to replay it.

    call: its id.
    contact: entry id of the contact or attempt it became.
    taken_over: entry id of the contact of the person who took over.
    program: the program it is for.
    protocol: name of the protocol.
    version: of the protocol.
    protocol_digest: of the protocol.
    agent: staff id of the registered agent.
    models: what heard and spoke: name, version and digest of each.
    carrier: memory, sip or twilio.
    carrier_id: what the carrier calls the call.
    language: of the call.
    answered_at: when somebody picked up.
    ended_at: when it ended.
    outcome: how it ended.
    drill: an exercise, about nobody's health.
    log_digest: digest of the last line of the event log.
    log_lines: how many lines the log has.
    disclosures: names of the disclosures made, in order.
    answers: what was accepted.
    escalations: what went to a person.
    evidence: the tests of two-way talk.
    evidence_policy: version of their thresholds.
    creditable: whether all were met.
    ai_seconds: creditable seconds of the agent; they count only where a payer policy says so.
    human_seconds: of the person who took over.
    readings: ids of the readings that were spoken about.
    audio_digest: of the sound, where it is kept.
    """

    kind: ClassVar[str] = "call_recorded"
    call: OwnId
    contact: OwnLabel | None = None
    taken_over: OwnLabel | None = None
    program: Program
    protocol: Label
    version: Label
    protocol_digest: Digest
    agent: Id
    models: tuple[Label, ...]
    carrier: Label
    carrier_id: OwnLabel | None = None
    language: Label
    answered_at: datetime | None = None
    ended_at: datetime
    outcome: Label
    drill: bool = False
    log_digest: Digest
    log_lines: Count
    disclosures: tuple[Label, ...] = ()
    answers: tuple[CallAnswer, ...] = ()
    escalations: tuple[CallEscalation, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    evidence_policy: Label
    creditable: bool
    ai_seconds: Count
    human_seconds: Count
    readings: tuple[OwnLabel, ...] = ()
    audio_digest: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentNoted(Body):
    """Something went wrong in a call that must be looked into, such as nobody came.

    call: its id.
    what: the kind of incident.
    says: what happened.
    """

    kind: ClassVar[str] = "incident_noted"
    call: OwnId
    what: Label
    says: FreeText
