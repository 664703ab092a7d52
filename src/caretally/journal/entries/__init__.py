"""The whole vocabulary of the journal, one file a subject.

`KINDS` maps the contract's word to its record, in the order of the contract.
"""

from caretally.journal.entries.amendments import AmendmentAnswered, AmendmentRequested
from caretally.journal.entries.conditions import (
    ConditionRecorded,
    Died,
    GlobalSurgeryRecorded,
    StayRecorded,
)
from caretally.journal.entries.contacts import (
    ContactAttempted,
    ContactHeld,
    ExcludedLeg,
    Finding,
    OutreachReviewed,
    ProviderNotified,
)
from caretally.journal.entries.corrections import EntryVoided
from caretally.journal.entries.coverage import (
    AccessAligned,
    Authorized,
    BilledElsewhere,
    Covered,
    VisitBilled,
)
from caretally.journal.entries.devices import (
    Component,
    DeviceAssigned,
    DeviceReturned,
    ReadingRecorded,
    SetupCompleted,
)
from caretally.journal.entries.enrollment import (
    CareTeamNamed,
    Consented,
    ConsentRevoked,
    Disenrolled,
    Enrolled,
    Ordered,
    OrderEnded,
)
from caretally.journal.entries.envelope import Body, Entry
from caretally.journal.entries.policies import PolicyAdopted
from caretally.journal.entries.practice import (
    CaregiverAuthorized,
    LicenseRecorded,
    PatientRegistered,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.journal.entries.timekeeping import TimeLogged
from caretally.journal.entries.triage import ThresholdSet

KINDS: dict[str, type[Body]] = {
    body.kind: body
    for body in (
        PracticeRegistered,
        StaffRegistered,
        PatientRegistered,
        Enrolled,
        Disenrolled,
        Consented,
        ConsentRevoked,
        Ordered,
        OrderEnded,
        Covered,
        CaregiverAuthorized,
        DeviceAssigned,
        DeviceReturned,
        SetupCompleted,
        ReadingRecorded,
        ContactHeld,
        ContactAttempted,
        TimeLogged,
        ConditionRecorded,
        StayRecorded,
        GlobalSurgeryRecorded,
        BilledElsewhere,
        VisitBilled,
        Authorized,
        AccessAligned,
        Died,
        EntryVoided,
        CareTeamNamed,
        ProviderNotified,
        OutreachReviewed,
        LicenseRecorded,
        PolicyAdopted,
        AmendmentRequested,
        AmendmentAnswered,
        ThresholdSet,
    )
}

__all__ = [
    "KINDS",
    "AccessAligned",
    "AmendmentAnswered",
    "AmendmentRequested",
    "Authorized",
    "BilledElsewhere",
    "Body",
    "CareTeamNamed",
    "CaregiverAuthorized",
    "Component",
    "ConditionRecorded",
    "ConsentRevoked",
    "Consented",
    "ContactAttempted",
    "ContactHeld",
    "Covered",
    "DeviceAssigned",
    "DeviceReturned",
    "Died",
    "Disenrolled",
    "Enrolled",
    "Entry",
    "EntryVoided",
    "ExcludedLeg",
    "Finding",
    "GlobalSurgeryRecorded",
    "LicenseRecorded",
    "OrderEnded",
    "Ordered",
    "OutreachReviewed",
    "PatientRegistered",
    "PolicyAdopted",
    "PracticeRegistered",
    "ProviderNotified",
    "ReadingRecorded",
    "SetupCompleted",
    "StaffRegistered",
    "StayRecorded",
    "ThresholdSet",
    "TimeLogged",
    "VisitBilled",
]
