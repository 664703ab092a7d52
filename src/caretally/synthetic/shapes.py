"""The sorts of spans a clinic logs, how often each is logged for whom, and how long they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caretally.synthetic.dice import spread

Manner = Literal["contact", "attempt", "time"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One sort of span.

    word: the category of time, or the mode of a contact or attempt.
    low, high: the usual bounds of its length in seconds.
    by: who does it.
    """

    manner: Manner
    word: str
    low: int
    high: int
    by: Literal["clinical", "practitioner", "agent"] = "clinical"


REVIEW = Shape("time", "review", 20, 170)
COORDINATION = Shape("time", "coordination", 40, 260)
DOCUMENTATION = Shape("time", "documentation", 20, 150)
EDUCATION = Shape("time", "education", 40, 300)
TREATMENT_CHANGE = Shape("time", "treatment_change", 40, 320, "practitioner")
DOCTOR_REVIEW = Shape("time", "review", 30, 240, "practitioner")
ADMINISTRATIVE = Shape("time", "administrative", 30, 300)
SUPERVISION = Shape("time", "supervision", 60, 300, "practitioner")
TRAVEL = Shape("time", "travel", 300, 1_500)
TELEPHONE = Shape("contact", "telephone", 60, 560)
VIDEO = Shape("contact", "video", 90, 700)
IN_PERSON = Shape("contact", "in_person", 300, 1_200)
CHAT = Shape("contact", "chat", 60, 600)
VOICE_AGENT = Shape("contact", "ai_telephone", 60, 480, "agent")
VOICE_AGENT_WORK = Shape("time", "review", 5, 40, "agent")
RINGING = Shape("attempt", "telephone", 10, 90)
VIDEO_UNANSWERED = Shape("attempt", "video", 20, 120)
CHAT_UNANSWERED = Shape("attempt", "chat", 5, 60)
TEXT_MESSAGE = Shape("attempt", "sms", 5, 40)
EMAIL = Shape("attempt", "email", 20, 120)
LETTER = Shape("attempt", "letter", 60, 240)
AGENT_UNANSWERED = Shape("attempt", "ai_telephone", 10, 60, "agent")

MARKED_REVIEW = Shape("time", "review", 600, 1_500, "practitioner")
"""The practitioner's data review, marked for a code of its own."""

STYLES = {
    "steady": spread(
        (REVIEW, 38), (DOCTOR_REVIEW, 3), (COORDINATION, 8), (DOCUMENTATION, 9), (EDUCATION, 5),
        (TREATMENT_CHANGE, 4), (ADMINISTRATIVE, 3), (SUPERVISION, 1), (TRAVEL, 1), (TELEPHONE, 13),
        (VIDEO, 3), (IN_PERSON, 1), (CHAT, 1), (RINGING, 6), (TEXT_MESSAGE, 2), (EMAIL, 1),
        (VIDEO_UNANSWERED, 1),
    ),
    "silent": spread(
        (REVIEW, 46), (DOCTOR_REVIEW, 3), (COORDINATION, 8), (DOCUMENTATION, 10), (EDUCATION, 2),
        (TREATMENT_CHANGE, 1), (ADMINISTRATIVE, 3), (RINGING, 18), (TEXT_MESSAGE, 6), (LETTER, 2),
        (TELEPHONE, 1),
    ),
    "voice": spread(
        (REVIEW, 34), (DOCTOR_REVIEW, 2), (COORDINATION, 6), (DOCUMENTATION, 8), (EDUCATION, 3),
        (TREATMENT_CHANGE, 2), (ADMINISTRATIVE, 2), (VOICE_AGENT, 20), (AGENT_UNANSWERED, 8),
        (VOICE_AGENT_WORK, 5), (TELEPHONE, 8), (RINGING, 2),
    ),
    "texting": spread(
        (REVIEW, 36), (DOCTOR_REVIEW, 2), (COORDINATION, 7), (DOCUMENTATION, 8), (EDUCATION, 4),
        (TREATMENT_CHANGE, 3), (ADMINISTRATIVE, 3), (CHAT, 18), (CHAT_UNANSWERED, 5),
        (TELEPHONE, 9), (VIDEO, 2), (TEXT_MESSAGE, 3),
    ),
}  # fmt: skip
"""Sorts of spans by the patient's way of staying in touch, each as often as it occurs."""

TOPICS = spread(
    (("device_data",), 20), (("device_data", "symptoms"), 40), (("symptoms", "medication"), 15),
    (("medication",), 8), (("care_plan",), 7), (("device_data", "care_plan", "general"), 3),
    (("general",), 6), ((), 1),
)  # fmt: skip
SUMMARIES = (
    "Readings of the week gone through; feels well.",
    "Asked about symptoms; none told.",
    "Tablets taken as agreed; questions answered.",
    "One high reading discussed; technique checked.",
    "Goal for the next weeks agreed.",
    "Reported tiredness; advised to rest and measure again.",
)
NOTES = (
    "Readings since the last look read.",
    "Trend compared with the month before.",
    "Outlier marked; no action needed.",
    "Message to the physician written.",
    "Plan brought up to date.",
)
UNANSWERED = spread(
    ("no_answer", 45), ("voicemail", 35), ("busy", 8), ("wrong_person", 6), ("declined", 6)
)
WRITTEN_MODES = frozenset({"sms", "email", "letter", "chat"})
LEG_REASONS = ("hold", "menu", "transfer", "other_party")
