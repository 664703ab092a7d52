"""Roles and what each may do; a person may have several, in several practices, each with dates.

A permission is a sentence about an action. Pages and the API ask for permissions, never for roles.
"""

from __future__ import annotations

from collections.abc import Mapping

SEE_PATIENTS = "see_patients"
RECORD_CARE = "record_care"
"""Contacts, attempts and time of one's own."""
RECORD_FOR_OTHERS = "record_for_others"
ENROLL = "enroll"
ORDER = "order"
SEE_MONEY = "see_money"
CLOSE_MONTH = "close_month"
SIGN_DECISIONS = "sign_decisions"
"""What was decided on a month of one's own patients, before it may be billed."""
HANDLE_CLAIMS = "handle_claims"
"""Prices, claims, what payers answer, and what is done about denials."""
ISSUE_PACKETS = "issue_packets"
"""Audit packets: a patient's month with everything it rests on, in one file."""
SEE_AUDIT = "see_audit"
"""The practice's own measures, as an auditor would take them."""
SEE_ACCESS = "see_access"
KEEP_ACCESS = "keep_access"
"""Reviews of broken glass, and answers to patients who ask for changes of their records."""
SEE_STAFF_LOAD = "see_staff_load"
ATTEST_FOR_OTHERS = "attest_for_others"
MANAGE_DEVICES = "manage_devices"
"""Devices on the books, and what arrives from them; who holds one is for those who see patients."""
SETTLE_READINGS = "settle_readings"
"""Readings that were held back: released into the record or rejected."""
MANAGE_PRACTICE = "manage_practice"
MANAGE_PEOPLE = "manage_people"
MOVE_ENTRIES = "move_entries"
"""Import and export of whole journals."""
WRITE_ENTRIES = "write_entries"
"""Entries of other systems, under whatever name they carry, through the API."""
BREAK_GLASS = "break_glass"
SIGN_RULES = "sign_rules"
"""Rules of triage: what readings are held against."""
ANSWER_ALERTS = "answer_alerts"
KEEP_ROSTER = "keep_roster"
"""Who is on call when."""
RUN_CALLS = "run_calls"
"""Calls by an automated voice: planned, tried, stopped, and what was said in them."""
CHAT = "chat"
"""Messages with patients and caregivers, and who of them is invited to the portal."""
USE_API = "use_api"

PERMISSIONS = (
    SEE_PATIENTS, RECORD_CARE, RECORD_FOR_OTHERS, ENROLL, ORDER, SEE_MONEY, CLOSE_MONTH,
    SIGN_DECISIONS, HANDLE_CLAIMS, ISSUE_PACKETS, SEE_AUDIT, SEE_ACCESS, KEEP_ACCESS,
    SEE_STAFF_LOAD, ATTEST_FOR_OTHERS, MANAGE_DEVICES, SETTLE_READINGS,
    MANAGE_PRACTICE, MANAGE_PEOPLE, MOVE_ENTRIES, WRITE_ENTRIES, BREAK_GLASS, SIGN_RULES,
    ANSWER_ALERTS, KEEP_ROSTER, RUN_CALLS, CHAT, USE_API,
)  # fmt: skip

NURSE, PRACTITIONER, BILLER = "nurse", "practitioner", "biller"
COMPLIANCE, ADMINISTRATOR, AUDITOR = "compliance", "administrator", "auditor"

MAY: Mapping[str, frozenset[str]] = {
    NURSE: frozenset({
        SEE_PATIENTS, RECORD_CARE, ENROLL, MANAGE_DEVICES, SETTLE_READINGS, BREAK_GLASS,
        ANSWER_ALERTS, KEEP_ROSTER, RUN_CALLS, CHAT, USE_API,
    }),
    PRACTITIONER: frozenset({
        SEE_PATIENTS, RECORD_CARE, RECORD_FOR_OTHERS, ENROLL, ORDER, SEE_STAFF_LOAD,
        ATTEST_FOR_OTHERS, MANAGE_DEVICES, SETTLE_READINGS, BREAK_GLASS, SIGN_RULES,
        ANSWER_ALERTS, KEEP_ROSTER, SIGN_DECISIONS, RUN_CALLS, CHAT, USE_API,
    }),
    BILLER: frozenset({
        SEE_PATIENTS, SEE_MONEY, CLOSE_MONTH, HANDLE_CLAIMS, ISSUE_PACKETS, USE_API,
    }),
    COMPLIANCE: frozenset({
        SEE_PATIENTS, SEE_MONEY, CLOSE_MONTH, ISSUE_PACKETS, SEE_AUDIT, SEE_ACCESS, KEEP_ACCESS,
        SEE_STAFF_LOAD,
        ATTEST_FOR_OTHERS, MOVE_ENTRIES, WRITE_ENTRIES, USE_API,
    }),
    ADMINISTRATOR: frozenset({
        SEE_STAFF_LOAD, SEE_ACCESS, MANAGE_DEVICES, MANAGE_PRACTICE, MANAGE_PEOPLE, MOVE_ENTRIES,
        WRITE_ENTRIES, KEEP_ROSTER, USE_API,
    }),
    AUDITOR: frozenset({
        SEE_PATIENTS, SEE_MONEY, ISSUE_PACKETS, SEE_AUDIT, SEE_ACCESS, SEE_STAFF_LOAD,
    }),
}  # fmt: skip
"""What each role may do. An administrator keeps the practice and sees no chart."""
ROLES = tuple(MAY)
ROLE_WORDS: Mapping[str, str] = {
    NURSE: "Nurse", PRACTITIONER: "Practitioner", BILLER: "Biller",
    COMPLIANCE: "Compliance officer", ADMINISTRATOR: "Administrator",
    AUDITOR: "Auditor (read only)",
}  # fmt: skip
