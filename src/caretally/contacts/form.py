"""What a person fills in after reaching for a patient, and what it makes: a contact or an attempt.

Voicemail, no answer and messages one way are attempts by their outcome; nothing on this form turns
them into a contact. A conversation that will not count is written down all the same, because it
happened; why it will not count is said beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from caretally.codes import CONTACT_MODES
from caretally.journal.entries import ContactAttempted, ContactHeld, ExcludedLeg, Finding

TALKED = "talked"
"""The outcome of a conversation; every other outcome is that of an attempt."""
ONE_WAY = frozenset({"sms", "email", "letter"})
"""Ways in which nobody answers at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactForm:
    """The form, as it was filled in.

    outcome: `talked`, or the outcome of an attempt. findings: by topic of the protocol. topics:
    what was touched beyond the findings. end: of an attempt it may be left out.
    """

    program: str
    mode: str
    outcome: str
    start: datetime
    end: datetime | None = None
    performers: tuple[str, ...]
    spoke_with: str | None = None
    two_way: bool = False
    topics: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    actions: tuple[str, ...] = ()
    escalated_to: str | None = None
    protocol: str | None = None
    summary: str | None = None
    part_of_visit: bool = False
    excluded: tuple[ExcludedLeg, ...] = ()

    @property
    def is_conversation(self) -> bool:
        """Whether it says that somebody talked."""
        return self.outcome == TALKED

    @property
    def all_topics(self) -> tuple[str, ...]:
        """The topics named, and those of the findings, each once."""
        return tuple(dict.fromkeys((*self.topics, *(each.topic for each in self.findings))))

    def contact(self) -> ContactHeld:
        """Return the contact it makes."""
        return ContactHeld(
            program=self.program,
            mode=self.mode,
            start=self.start,
            end=self.end or self.start,
            performers=self.performers,
            spoke_with=self.spoke_with or "patient",
            two_way=self.two_way,
            topics=self.all_topics,
            summary=self.summary,
            part_of_visit=self.part_of_visit,
            excluded=self.excluded,
            findings=self.findings,
            actions=self.actions,
            escalated_to=self.escalated_to,
            protocol=self.protocol,
        )

    def attempt(self) -> ContactAttempted:
        """Return the attempt it makes."""
        return ContactAttempted(
            program=self.program,
            mode=self.mode,
            outcome=self.outcome,
            start=self.start,
            end=self.end,
            performers=self.performers,
        )

    def told_of_a_conversation(self) -> tuple[str, ...]:
        """Return the fields that only a conversation can fill."""
        filled = {
            "two_way": self.two_way,
            "spoke_with": self.spoke_with,
            "topics": self.topics,
            "findings": self.findings,
            "summary": self.summary,
            "part_of_visit": self.part_of_visit,
            "excluded": self.excluded,
        }
        return tuple(name for name, value in filled.items() if value)


def is_a_way_to_talk(mode: str) -> bool:
    """Tell whether people can talk with each other that way."""
    return mode in CONTACT_MODES and mode not in ONE_WAY
