"""Who pays, what a payer allowed beforehand, and what others billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from caretally.journal.entries.envelope import Body
from caretally.journal.entries.shapes import (
    BillingCode,
    FreeText,
    FromDate,
    Label,
    Named,
    OptionalToDate,
    Priority,
    PrivateDate,
    Relationship,
    ToDate,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered(Body):
    """A payer covers the patient.

    payer: its name; one that the rulebook does not know is read, and decided as not covered.
    member_id: the patient's number with the payer.
    from_on: the first local date of the coverage.
    to_on: the last local date of the coverage; open where absent.
    priority: 1 is asked to pay first.
    relationship: what the patient is to the subscriber; `self` where absent.
    subscriber_name: family name first; where the patient is a dependent.
    subscriber_birth_date: the subscriber's date of birth.
    subscriber_sex: female, male or unknown.
    group_number: of the plan.
    """

    kind: ClassVar[str] = "covered"
    payer: Label
    member_id: FreeText | None = None
    from_on: FromDate
    to_on: OptionalToDate = None
    priority: Priority = 1
    relationship: Relationship | None = None
    subscriber_name: FreeText | None = None
    subscriber_birth_date: PrivateDate | None = None
    subscriber_sex: FreeText | None = None
    group_number: FreeText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorized(Body):
    """A payer authorized codes beforehand.

    payer: its name.
    codes: the billing codes.
    number: the payer's number of the authorization.
    from_on: the first local date.
    to_on: the last local date; open where absent.
    """

    kind: ClassVar[str] = "authorized"
    payer: Label
    codes: tuple[BillingCode, ...]
    number: Label | None = None
    from_on: FromDate
    to_on: OptionalToDate = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledElsewhere(Body):
    """Another practice billed a code for the patient.

    code: the billing code.
    from_on: the first local date it was billed for.
    to_on: the last local date it was billed for.
    by: who billed.
    """

    kind: ClassVar[str] = "billed_elsewhere"
    code: BillingCode
    from_on: FromDate
    to_on: ToDate
    by: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitBilled(Body):
    """A visit or another service of this practice was billed.

    code: the billing code.
    on: the local date of service.
    """

    kind: ClassVar[str] = "visit_billed"
    code: BillingCode
    on: Annotated[date, Named(key="date")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAligned(Body):
    """The patient is aligned under the Medicare ACCESS model.

    conditions: ICD-10-CM prefixes of the aligned conditions.
    from_on: the first local date.
    to_on: the last local date; open where absent.
    """

    kind: ClassVar[str] = "access_aligned"
    conditions: tuple[Label, ...]
    from_on: FromDate
    to_on: OptionalToDate = None
