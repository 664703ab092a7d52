"""What a field of an entry may hold, beyond its Python type.

The reader, the writer, the JSON Schema and the reference page all follow these marks, so that a
rule about a field is written once, at the field. This file refuses to know any particular kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from caretally import codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The name of a field in JSON, where the contract's name is a word of Python or of another."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """The only words a text field may hold."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """The form of a text field.

    pattern: a regular expression for the whole text, in the common ground of Python and ECMAScript.
    brief: a word or two for a table.
    says: the form in words, for the reader of a message.
    most: the most characters; ids and labels are kept in memory and in indexes.
    repeats: whether the same text comes again and again, so that a reader may remember it.
    """

    pattern: str
    brief: str
    says: str
    most: int = 255
    repeats: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The bounds of a whole number, both inclusive."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Private:
    """The content is about a person: a message tells its type and length, never its text."""


@dataclass(frozen=True, slots=True)
class ZoneName:
    """The text must be an IANA time zone known to this installation."""


PRIVATE = Private()
PLAIN = r"[^\u0000-\u001f\u007f-\u009f]"
"""A character that is no control character; databases and terminals refuse or obey those."""
NOT_BLANK = rf"{PLAIN}*[^\s\u0000-\u001f\u007f-\u009f]{PLAIN}*"

_ID = Shaped(
    pattern=NOT_BLANK,
    brief="id",
    says="an id: 1 to 255 characters, not blank, no control characters",
)
_LABEL = Shaped(
    pattern=f"{PLAIN}+",
    brief="label",
    says="a text of 1 to 255 characters, no control characters",
)
Id = Annotated[str, _ID]
OwnId = Annotated[str, replace(_ID, repeats=False)]
Label = Annotated[str, _LABEL]
OwnLabel = Annotated[str, replace(_LABEL, repeats=False)]
FreeText = Annotated[str, PRIVATE]
Actor = Annotated[
    str,
    Shaped(
        pattern=f"(staff|device|system|agent):{NOT_BLANK}",
        brief="staff:ID, device:ID, system:NAME or agent:NAME",
        says="staff:ID, device:ID, system:NAME or agent:NAME",
    ),
]
SpokeWith = Annotated[
    str,
    Shaped(
        pattern=f"patient|other|caregiver:{NOT_BLANK}",
        brief="patient, caregiver:ID or other",
        says="patient, caregiver:ID or other",
    ),
]
GivenBy = Annotated[
    str,
    Shaped(
        pattern=f"patient|caregiver:{NOT_BLANK}",
        brief="patient or caregiver:ID",
        says="patient or caregiver:ID",
    ),
]
BillingCode = Annotated[
    str,
    Shaped(
        pattern=r"[A-Z0-9]{5}",
        brief="billing code",
        says="a billing code: 5 characters of A-Z and 0-9",
    ),
]
Amount = Annotated[
    str,
    Shaped(
        pattern=r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{2}",
        brief="US dollars",
        says="US dollars with two decimals, such as 51.77",
    ),
]
Month = Annotated[
    str,
    Shaped(
        pattern=r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])",
        brief="month",
        says="a month, such as 2026-03",
    ),
]
Digest = Annotated[
    str,
    Shaped(
        pattern=r"sha256:[0-9a-f]{64}",
        brief="digest",
        says="a digest: sha256: and 64 hexadecimal digits",
        repeats=False,
    ),
]
LocalTime = Annotated[
    str,
    Shaped(
        pattern=r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00",
        brief="local time",
        says="a local time of 24 hours, such as 08:30",
    ),
]
TimeZone = Annotated[str, ZoneName()]
PrivateDate = Annotated[date, PRIVATE]
PrivateNumber = Annotated[Decimal, PRIVATE]
FromDate = Annotated[date, Named(key="from")]
ToDate = Annotated[date, Named(key="to")]
OptionalFromDate = Annotated[date | None, Named(key="from")]
OptionalToDate = Annotated[date | None, Named(key="to")]
FromInstant = Annotated[datetime, Named(key="from")]
ToInstant = Annotated[datetime, Named(key="to")]
OptionalToInstant = Annotated[datetime | None, Named(key="to")]

Program = Annotated[str, OneOf(words=codes.PROGRAMS)]
Role = Annotated[str, OneOf(words=codes.ROLES)]
Setting = Annotated[str, OneOf(words=codes.SETTINGS)]
Scope = Annotated[str, OneOf(words=codes.SCOPES)]
ConsentMethod = Annotated[str, OneOf(words=codes.CONSENT_METHODS)]
BodySystem = Annotated[str, OneOf(words=codes.BODY_SYSTEMS)]
Origin = Annotated[str, OneOf(words=codes.ORIGINS)]
ContactMode = Annotated[str, OneOf(words=codes.CONTACT_MODES)]
AttemptMode = Annotated[str, OneOf(words=codes.ATTEMPT_MODES)]
AttemptOutcome = Annotated[str, OneOf(words=codes.ATTEMPT_OUTCOMES)]
Topic = Annotated[str, OneOf(words=codes.TOPICS)]
NotifyReason = Annotated[str, OneOf(words=codes.NOTIFY_REASONS)]
ReviewOutcome = Annotated[str, OneOf(words=codes.REVIEW_OUTCOMES)]
AmendmentOutcome = Annotated[str, OneOf(words=codes.AMENDMENT_OUTCOMES)]
LegReason = Annotated[str, OneOf(words=codes.LEG_REASONS)]
Category = Annotated[str, OneOf(words=codes.CATEGORIES)]
Condition = Annotated[str, OneOf(words=codes.CONDITIONS)]
StaySetting = Annotated[str, OneOf(words=codes.STAY_SETTINGS)]
IntendedCode = Annotated[str, OneOf(words=(codes.REVIEW_CODE,))]
Priority = Annotated[int, Whole(least=1, most=3)]
Minutes = Annotated[int, Whole(least=0, most=100_000)]
Days = Annotated[int, Whole(least=1, most=366)]
DeviceStatus = Annotated[str, OneOf(words=codes.DEVICE_STATUSES)]
Settlement = Annotated[str, OneOf(words=codes.SETTLEMENTS)]
MedicationChange = Annotated[str, OneOf(words=codes.MEDICATION_CHANGES)]
RuleScope = Annotated[str, OneOf(words=codes.RULE_SCOPES)]
AlertTest = Annotated[str, OneOf(words=codes.ALERT_TESTS)]
AlertLevel = Annotated[str, OneOf(words=codes.ALERT_LEVELS)]
AlertOutcome = Annotated[str, OneOf(words=codes.ALERT_OUTCOMES)]
Channel = Annotated[str, OneOf(words=codes.CHANNELS)]
SigningWay = Annotated[str, OneOf(words=codes.SIGNING_WAYS)]
Proposal = Annotated[str, OneOf(words=codes.PROPOSALS)]
DatePolicy = Annotated[str, OneOf(words=codes.DATE_POLICIES)]
Relationship = Annotated[str, OneOf(words=codes.RELATIONSHIPS)]
ClaimFormat = Annotated[str, OneOf(words=codes.CLAIM_FORMATS)]
Acknowledgment = Annotated[str, OneOf(words=codes.ACKNOWLEDGMENTS)]
Acknowledged = Annotated[str, OneOf(words=codes.ACKNOWLEDGED)]
DenialAction = Annotated[str, OneOf(words=codes.DENIAL_ACTIONS)]
VendorPart = Annotated[str, OneOf(words=codes.VENDOR_PARTS)]
AdjustmentGroup = Annotated[str, OneOf(words=codes.ADJUSTMENT_GROUPS)]
Frequency = Annotated[str, OneOf(words=("1", "7", "8"))]
Count = Annotated[int, Whole(least=0, most=1_000_000_000)]
Units = Annotated[int, Whole(least=-999, most=999)]
