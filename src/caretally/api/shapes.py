"""What the interface takes and gives, as its published description says it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema

from caretally.api.cursors import MOST, USUAL
from caretally.codes import PROGRAMS
from caretally.journal.scalars import INSTANT_PATTERN

NO_CONTROL = r"^[^\u0000-\u001f\u007f-\u009f]*$"
MONTH = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"
Id = Annotated[str, Field(min_length=1, max_length=255, pattern=NO_CONTROL)]
Instant = Annotated[str, Field(pattern=f"^({INSTANT_PATTERN})?$")]
Month = Annotated[str, Field(pattern=MONTH, description="A month written YYYY-MM.")]
Cursor = Annotated[
    str, Field(max_length=1_400, description="`next` of the page before; empty for the first.")
]
Limit = Annotated[int, Field(ge=1, le=MOST, description=f"Items on a page; {USUAL} if not said.")]
CLOSED: Any = {"extra": "forbid"}
"""Takes no field nobody reads."""
OPEN: Any = {"extra": "allow"}
"""Says of a format of others only what is told it apart by."""
Stage = Literal["", "new", "open", "ended", "died"]
Program = Literal["", "rpm", "rtm", "ccm", "pcm", "apcm", "bhi", "tcm"]
assert Program.__args__[1:] == PROGRAMS  # type: ignore[attr-defined]


class ProblemPlace(Schema):
    """One thing that is wrong, at a place in the request."""

    where: str
    field: str
    found: str
    expected: str
    hint: str


class ProblemDetails(Schema):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemPlace]


class DeliveryTaken(Schema):
    """What became of a delivery.

    known: it came before, and was not stored again.
    """

    delivery: str
    known: bool


class FhirBundle(Schema):
    """A Bundle of FHIR R4, as the answer to a search."""

    model_config = OPEN
    resourceType: Literal["Bundle"]  # noqa: N815 - as FHIR has it
    type: Literal["searchset"]


class ObservationSearch(Schema):
    """Which readings are asked for."""

    since: Instant = Field("", description="Measured then or later; with an offset.")
    until: Instant = Field("", description="Measured before; with an offset.")
    cursor: Cursor = ""
    limit: Limit = USUAL


class Clinic(Schema):
    """A practice, or a clinic of one, as it was registered."""

    id: str
    name: str
    part_of: str | None
    time_zone: str | None


class PracticeItem(Schema):
    """A practice the token is for."""

    id: str
    name: str
    time_zone: str
    clinics: list[Clinic]
    permissions: list[str] = Field(description="What this token may do here now.")


class PracticeList(Schema):
    """The practices of a token: exactly one."""

    items: list[PracticeItem]


class PatientItem(Schema):
    """A patient as a list shows one; words are empty where nothing is on file."""

    id: str
    name: str
    born_on: str
    sex: str
    language: str
    clinic: str
    time_zone: str
    payer: str
    programs: list[str]
    stage: str


class PatientPage(Schema):
    """A page of patients, by id."""

    items: list[PatientItem]
    next: str | None = Field(description="Cursor of the page after; null on the last.")


class PatientSearch(Schema):
    """What patients are looked for by; names travel in a body, never in an address."""

    model_config = CLOSED

    words: Annotated[str, Field(max_length=200, pattern=NO_CONTROL)] = ""
    stage: Stage = ""
    program: Program = ""
    clinic: Annotated[str, Field(max_length=255, pattern=NO_CONTROL)] = ""
    cursor: Cursor = ""
    limit: Limit = USUAL


class Evidence(Schema):
    """A piece of evidence of an enrollment.

    says: what is missing, empty where it is on file. codes: what falls while it is missing.
    """

    name: str
    is_missing: bool
    says: str
    codes: list[str]
    mend: str


class Notice(Schema):
    """Something on file that somebody should know about; it is no gap."""

    name: str
    says: str
    entries: list[str]


class EnrollmentItem(Schema):
    """How a patient stands with a program now."""

    program: str
    stage: str
    on: str
    time_zone: str
    payer: str | None
    enrolled_at: str | None
    ended_at: str | None
    consents: list[str]
    devices: list[str]
    care_team: list[str]
    evidence: list[Evidence]
    gaps: list[str]
    held_codes: list[str]
    notices: list[Notice]


class EnrollmentList(Schema):
    """Every program that was begun."""

    patient: str
    items: list[EnrollmentItem]


class EntryPage(Schema):
    """A page of entries as they were stored, in that order; each as the contract writes it."""

    items: list[dict[str, Any]]
    next: str | None


class Taken(Schema):
    """What became of entries: ids now stored, ids that were stored before with the same content.

    problems is empty: with any, nothing is stored and the answer is a refusal.
    """

    accepted: list[str]
    known: list[str]
    problems: list[ProblemPlace]


class Totals(Schema):
    """The two clocks and the totals kept apart, in whole seconds."""

    management_seconds: int
    live_seconds: int
    ai_seconds: int
    chat_seconds: int
    review_seconds: int
    qualifying_contacts: int


class Decision(Schema):
    """The decision on a patient's month: the bytes that `caretally decide --json` prints."""

    contract: int
    patient: str
    month: str
    time_zone: str
    payer: str | None
    policy: str
    totals: Totals
    periods: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    sister_lines: list[dict[str, Any]]
    codes: dict[str, Any]
    entries: list[dict[str, Any]]
    next: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    flags: list[str]
    rulebook: str


class MonthVersion(Schema):
    """The version of a patient's month; it grows when anything in it changes, and begins at 0."""

    patient: str
    month: str
    version: int


class NewSubscription(Schema):
    """An address that wants to be told of events."""

    model_config = CLOSED

    url: Annotated[str, Field(min_length=1, max_length=2_000, pattern=NO_CONTROL)]
    events: Annotated[
        list[Literal["entries_accepted", "month_changed", "alert_raised", "alert_escalated"]],
        Field(min_length=1, max_length=4),
    ]


class SubscriptionItem(Schema):
    """A subscription; its secret is told once, when it is made."""

    id: str
    url: str
    events: list[str]
    made_at: str
    ended_at: str | None


class MadeSubscription(SubscriptionItem):
    """A subscription just made, with the secret its deliveries are signed with."""

    secret: str


class SubscriptionList(Schema):
    """All subscriptions of the practice, the newest first."""

    items: list[SubscriptionItem]


class DeliveryItem(Schema):
    """An event on its way, or where it ended.

    answer: the status the address gave last, or why there was none.
    """

    event: str
    kind: str
    state: str
    attempts: int
    due_at: str
    made_at: str
    answer: str


class DeliveryPage(Schema):
    """A page of deliveries, the newest first."""

    items: list[DeliveryItem]
    next: str | None


class Health(Schema):
    """Whether the program can work."""

    status: str
    database: str
    migrations: str
