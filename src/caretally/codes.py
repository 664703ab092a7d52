"""The fixed words of the contract and of the billing codes, as tuples of strings.

Positions matter: the fold works on the position of a word in its tuple, so new words are appended.
"""

from __future__ import annotations

PROGRAMS = ("rpm", "rtm", "ccm", "pcm", "apcm", "bhi", "tcm")
MONITORING_PROGRAMS = ("rpm", "rtm")
ROLES = (
    "physician", "np", "pa", "cns", "cnm", "rn", "lpn", "ma", "pharmacist", "dietitian",
    "therapist", "health_educator", "receptionist", "biller", "ai_agent", "other",
)  # fmt: skip
CATEGORIES = (
    "review", "coordination", "treatment_change", "education", "documentation",
    "supervision", "administrative", "travel",
)  # fmt: skip
CONTACT_MODES = ("telephone", "video", "in_person", "chat", "ai_telephone")
ATTEMPT_MODES = ("telephone", "video", "chat", "sms", "email", "letter", "ai_telephone")
ATTEMPT_OUTCOMES = ("no_answer", "busy", "voicemail", "message_sent", "wrong_person", "declined")
TOPICS = ("device_data", "symptoms", "medication", "care_plan", "general")
LEG_REASONS = ("hold", "menu", "transfer", "other_party")
SCOPES = ("rpm", "rtm", "ccm", "ai_voice", "recording", "sms", "data_sharing")
NOTIFY_REASONS = ("unreachable", "finding", "alert")
REVIEW_OUTCOMES = ("continue", "disenroll")
AMENDMENT_OUTCOMES = ("accepted", "denied", "extended")
CONSENT_METHODS = ("verbal", "written", "electronic")
SETTINGS = ("office", "facility", "fqhc", "rhc")
ORIGINS = ("device", "manual", "derived", "unknown")
BODY_SYSTEMS = ("respiratory", "musculoskeletal", "cognitive_behavioral")
CONDITIONS = ("covid19", "other")
STAY_SETTINGS = ("inpatient", "snf", "hospice")
DEVICE_STATUSES = (
    "ordered", "in_stock", "on_hold", "shipped", "delivered", "connected", "low_battery",
    "returned", "replaced", "lost", "retired",
)  # fmt: skip
SETTLEMENTS = ("released", "rejected")
MEDICATION_CHANGES = ("started", "stopped", "dose_raised", "dose_lowered", "changed")
RULE_SCOPES = ("practice", "program", "condition", "patient")
ALERT_TESTS = ("value", "rise", "average", "missing")
ALERT_LEVELS = ("emergent", "urgent", "routine", "technical")
"""The most urgent first; technical ones are about devices."""
ALERT_OUTCOMES = (
    "talked_with_patient", "practitioner_told", "treatment_changed", "sent_to_emergency",
    "measured_again", "device_mended", "wrong_reading", "unreachable", "no_action_needed",
)  # fmt: skip
CHANNELS = ("page", "email", "sms", "webhook")
SIGNING_WAYS = ("single", "bulk")
PROPOSALS = ("none", "new", "replacement", "void")
"""What a decision that changed after the close asks for: nothing, a first claim, or a claim of
frequency 7 or 8 in place of one that was submitted."""
DATE_POLICIES = ("as_decided", "threshold_day", "month_end", "thirtieth")
"""How a payer wants dates of service: as decided; the day on which the count was reached; the last
day of the month; the 30th, the last day in February."""
RELATIONSHIPS = ("self", "spouse", "child", "other")
"""What the patient is to the subscriber."""
CLAIM_FORMATS = ("837p", "fhir", "csv")
ACKNOWLEDGMENTS = ("999", "277ca")
ACKNOWLEDGED = ("accepted", "rejected")
DENIAL_ACTIONS = (
    "corrected_claim", "appealed", "sent_records", "billed_other_payer", "billed_patient",
    "written_off", "no_action",
)  # fmt: skip
VENDOR_PARTS = ("carrier", "speech_to_text", "text_to_speech", "language_model", "storage")
"""What a business associate may do in calls."""
ADJUSTMENT_GROUPS = ("CO", "CR", "OA", "PI", "PR")
PAYERS = (
    "medicare_ffs", "medicare_advantage", "unitedhealthcare", "aetna", "anthem", "cigna",
    "bcbs_mississippi", "medicaid_md", "medicaid_nc", "medicaid_ar", "commercial", "self_pay",
)  # fmt: skip
POLICIES = ("cms_combined", "interactive_only", "cms_combined_min_live")
SETUP_READING = "setup_16_days"
READINGS = (*POLICIES, SETUP_READING)
REVIEW_CODE = "99091"
"""The practitioner's data review: its seconds are marked when they are logged."""
RULE_CODES = (
    "", "99453", "99454", "99445", "99457", "99458", "99470", "99091", "98975", "98976", "98977",
    "98978", "98984", "98985", "98986", "98979", "98980", "98981", "95249", "95250", "95251",
    "99473", "99474",
)  # fmt: skip
"""Codes that rules speak of in sets; the position of a code is its bit, and none has bit 0."""
CODE_BITS = {code: bit for bit, code in enumerate(RULE_CODES) if code}
