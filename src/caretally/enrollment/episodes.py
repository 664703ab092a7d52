"""Episodes: from an enrollment to the disenrollment after it, as often as it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from caretally.codes import PROGRAMS
from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import Disenrolled, Enrolled, Entry
from caretally.journal.stretches import Stretch, stretches


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode of a program.

    number: from 1. stretch: the entries that opened, changed and ended it.
    """

    program: str
    number: int
    stretch: Stretch

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return self.stretch.begins

    @property
    def ends(self) -> datetime | None:
        """The instant after it; None while it is open."""
        return self.stretch.ends

    @property
    def ended_because(self) -> str | None:
        """Why the patient left, as it was written down."""
        closing = self.stretch.closed_by
        return closing.body.reason if closing and isinstance(closing.body, Disenrolled) else None

    def details_at(self, at: datetime) -> Enrolled:
        """Return what the latest enrollment up to an instant says."""
        return _enrolled(self.stretch.latest_at(at))

    def established_on(self, at: datetime) -> date | None:
        """Return the earlier visit named latest in the episode up to an instant."""
        named = [
            body.established_on
            for entry in self.stretch.opened_by
            if entry.at <= at and (body := _enrolled(entry)).established_on
        ]
        return named[-1] if named else None


def episodes(record: PatientRecord, program: str) -> tuple[Episode, ...]:
    """Return the episodes of a program, by time."""
    opened = [each.entry for each in record.all_of(Enrolled) if each.body.program == program]
    closed = [each.entry for each in record.all_of(Disenrolled) if each.body.program == program]
    return tuple(
        Episode(program=program, number=number, stretch=stretch)
        for number, stretch in enumerate(stretches(opened, closed), start=1)
    )


def episode_at(record: PatientRecord, program: str, at: datetime) -> Episode | None:
    """Return the episode of a program that is open at an instant."""
    return next((e for e in episodes(record, program) if e.stretch.holds_at(at)), None)


def latest_episode(record: PatientRecord, program: str, at: datetime) -> Episode | None:
    """Return the latest episode of a program that began by an instant."""
    begun = [each for each in episodes(record, program) if each.begins <= at]
    return begun[-1] if begun else None


def programs_at(record: PatientRecord, at: datetime) -> tuple[str, ...]:
    """Return the programs the patient is enrolled in at an instant."""
    return tuple(program for program in PROGRAMS if episode_at(record, program, at))


def _enrolled(entry: Entry) -> Enrolled:
    assert isinstance(entry.body, Enrolled)
    return entry.body
