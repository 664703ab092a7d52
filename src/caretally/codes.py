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
SCOPES = ("rpm", "rtm", "ccm", "ai_voice", "recording", "sms")
CONSENT_METHODS = ("verbal", "written", "electronic")
SETTINGS = ("office", "facility", "fqhc", "rhc")
ORIGINS = ("device", "manual", "derived", "unknown")
BODY_SYSTEMS = ("respiratory", "musculoskeletal", "cognitive_behavioral")
CONDITIONS = ("covid19", "other")
STAY_SETTINGS = ("inpatient", "snf", "hospice")
PAYERS = (
    "medicare_ffs", "medicare_advantage", "unitedhealthcare", "aetna", "anthem", "cigna",
    "bcbs_mississippi", "medicaid_md", "medicaid_nc", "medicaid_ar", "commercial", "self_pay",
)  # fmt: skip
POLICIES = ("cms_combined", "interactive_only", "cms_combined_min_live")
SETUP_READING = "setup_16_days"
READINGS = (*POLICIES, SETUP_READING)
REVIEW_CODE = "99091"
"""The practitioner's data review: its seconds are marked when they are logged."""
