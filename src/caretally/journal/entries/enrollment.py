"""Who is monitored, with whose consent and on whose order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import (
    ConsentMethod,
    FreeText,
    GivenBy,
    Id,
    Label,
    Program,
    Scope,
    TimeZone,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled(Body):
    """A patient joined a program; after a disenrollment a new episode opens.

    program: the program.
    practice: the practice that bills.
    billing_provider: the practitioner that bills.
    diagnoses: ICD-10-CM codes; an empty list is a gap that a decision names.
    time_zone: decides local days and months; by default the practice's.
    established_on: the latest visit that made the person an established patient.
    episode: names the episode and does nothing else.
    """

    kind: ClassVar[str] = "enrolled"
    program: Program
    practice: Id | None = None
    billing_provider: Id | None = None
    diagnoses: tuple[Label, ...]
    time_zone: TimeZone | None = None
    established_on: date | None = None
    episode: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disenrolled(Body):
    """A patient left a program; service ends at the envelope's `at`.

    program: the program.
    reason: why the person left.
    """

    kind: ClassVar[str] = "disenrolled"
    program: Program
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented(Body):
    """Consent was given, from the envelope's `at` on.

    scope: what was consented to.
    method: how.
    given_by: who gave it.
    text_version: which text was read or shown.
    language: the language it was read or shown in.
    cost_share_told: whether the patient's own share of the cost was told.
    caregiver: with `data_sharing`, the id of the caregiver who may see.
    """

    kind: ClassVar[str] = "consented"
    scope: Scope
    method: ConsentMethod | None = None
    given_by: GivenBy | None = None
    text_version: Label | None = None
    language: Label | None = None
    cost_share_told: bool = False
    caregiver: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRevoked(Body):
    """Consent was taken back, from the envelope's `at` on.

    scope: what is no longer consented to.
    method: how.
    given_by: who took it back.
    caregiver: with `data_sharing`, the id of the caregiver who may no longer see.
    """

    kind: ClassVar[str] = "consent_revoked"
    scope: Scope
    method: ConsentMethod | None = None
    given_by: GivenBy | None = None
    caregiver: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeamNamed(Body):
    """Who looks after the patient in a program, from the envelope's `at` on.

    program: the program.
    members: staff ids; they replace those named before.
    """

    kind: ClassVar[str] = "care_team_named"
    program: Program
    members: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered(Body):
    """A practitioner ordered a program for the patient.

    program: the program.
    ordering_provider: who ordered.
    parameters: LOINC codes of what is to be measured.
    """

    kind: ClassVar[str] = "ordered"
    program: Program
    ordering_provider: Id
    parameters: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEnded(Body):
    """An order of a program ended.

    program: the program.
    ordering_provider: who had ordered.
    parameters: LOINC codes of what was to be measured.
    """

    kind: ClassVar[str] = "order_ended"
    program: Program
    ordering_provider: Id
    parameters: tuple[Label, ...] = ()
