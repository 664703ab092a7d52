"""Positions of facts, bits of reasons and numbers of programs, as the integers the fold works on.

They are spelled out because a compiled function can see integers only; a test holds them to the
words of `columns` and `codes`.
"""

from __future__ import annotations

from caretally.codes import PROGRAMS, SETTINGS
from caretally.patient_months.columns import FACTS, REASONS

(
    F_PATIENT, F_PROGRAM, F_PERIOD, F_DECIDED, F_ZONE, F_FROM, F_TO, F_MANAGEMENT, F_LIVE, F_STAFF,
    F_PRACTITIONER, F_REVIEW, F_AI, F_CHAT, F_CONTACTS, F_DATA_DAYS, F_EPISODE_DATA_DAYS, F_DEVICES,
    F_BODY_SYSTEMS, F_SETUPS, F_SETUP_TAKEN, F_SETUP_TAKEN_STRICTLY, F_COVID, F_ENROLLED,
    F_CONSENTED, F_ORDERED,
    F_DIAGNOSES, F_DIAGNOSIS_SET, F_PAYER, F_PAYERS, F_VISIT_YEARS, F_BEGAN_ON, F_HEALTH_CENTER,
    F_AUTHORIZED, F_ELSEWHERE, F_VISITS, F_PAIRED, F_PAIRED_MODIFIABLE, F_MONITORING_PROGRAMS,
    F_ACCESS_ALIGNED, F_SURGERY, F_STAYS, F_LATE, F_SHORT, F_IN_APCM, F_EPISODE_FROM, F_SETUP_AFTER,
    F_RUNNING_FROM, F_RUNNING_DAYS, F_RUNNING_LAST, F_RUNNING_SYSTEMS,
) = range(len(FACTS))  # fmt: skip
(
    NOT_ENROLLED, NO_CONSENT, NOT_ALIVE, NOT_COUNTED_PERFORMER, UNREGISTERED, IMPLAUSIBLE,
    STAFF_OVERLAP, PATIENT_OVERLAP, OTHER_PROGRAM, SPLIT, SET_ASIDE, VOID, NOT_A_CONTACT,
    NO_AUTHORITY, NOT_COUNTED_CATEGORY, AI_TIME, CHAT_TIME, PART_OF_VISIT, EXCLUDED, DUPLICATED,
    NOT_ASSIGNED, NO_MEDICAL_DEVICE, MANUAL, DERIVED, UNKNOWN_ORIGIN, NO_VALUE,
) = tuple(1 << bit for bit in range(len(REASONS)))  # fmt: skip
RPM, RTM, CCM, PCM, APCM, BHI, TCM = range(len(PROGRAMS))
PROGRAM_COUNT = len(PROGRAMS)
# Columns of the seconds counted per program.
MANAGEMENT_OF, LIVE_OF, STAFF_OF, PRACTITIONER_OF, REVIEW_OF, CONTACTS_OF, WIDTH_OF = range(7)
# What a span is after its entry alone has been looked at.
NOTHING, LIVE, MANAGEMENT, REVIEW, AI, CHAT, IN_VISIT = range(7)
MODE_CHAT, MODE_AI = 3, 4
ORIGIN_DEVICE, ORIGIN_MANUAL, ORIGIN_DERIVED = range(3)
FIRST_HEALTH_CENTER = SETTINGS.index("fqhc")
LATE_VISIT = 999
"""Years since the last visit where none is on record: not on record is not done."""
KEY = 1 << 20
"""A window is looked up by `kind * KEY + code`."""
SLOTS, SETUP_TAKEN, OVERFLOW, SETUP_TAKEN_STRICTLY = range(4)
"""Cells of the fold's cursor."""
MEMO_WIDTH = 4
OF_PERSONS = PROGRAM_COUNT * MEMO_WIDTH
"""Where in the fold's memory persons begin, after the programs."""
